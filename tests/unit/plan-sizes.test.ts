import { sizeOf } from "../../scripts/plan/sizes";

describe("the size of a chart's containers", () => {
  const resources = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });
  const one = { millicores: 100, mebibytes: 64 };

  it("is counted for each replica", () => {
    const values = { role: { replicas: 3, resources: resources("100m", "64Mi") } };
    expect(sizeOf(values)).toEqual({
      containers: 3,
      requests: { millicores: 300, mebibytes: 192 },
      limits: { millicores: 300, mebibytes: 192 },
    });
  });

  it("leaves out what is switched off, or has no replica", () => {
    const values = {
      on: { enabled: true, resources: resources("100m", "64Mi") },
      off: {
        enabled: false,
        resources: resources("100m", "64Mi"),
        inner: { resources: resources("1", "1Gi") },
      },
      none: { replicas: 0, resources: resources("100m", "64Mi") },
    };
    expect(sizeOf(values)).toEqual({ containers: 1, requests: one, limits: one });
  });

  it("does not take a volume's request for a container's", () => {
    const claim = { spec: { resources: { requests: { storage: "5Gi" } } } };
    expect(sizeOf({ extraObjects: [claim], persistence: claim }).containers).toBe(0);
  });

  it("reads whole cores and gibibytes", () => {
    const { requests } = sizeOf({ resources: resources("1.5", "2Gi") });
    expect(requests).toEqual({ millicores: 1500, mebibytes: 2048 });
  });

  it.each([resources("100", "64"), resources("100m", "64M"), resources("lots", "64Mi")])(
    "refuses an amount it cannot read, rather than count it wrongly: %j",
    (unreadable) => {
      expect(() => sizeOf({ resources: unreadable })).toThrow(/is no amount/);
    },
  );
});
