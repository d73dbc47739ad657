import { untilEnded } from "../../scripts/up/endings";

const WHERE = { cluster: { kubeContext: "kind-watchtower" }, namespace: "watchtower" };

/** Waits while these are being deleted, look after look; the last of them stay. */
async function waited(...looks: string[][]): Promise<string[]> {
  const told: string[] = [];
  const endings = () => Promise.resolve(looks.length > 1 ? looks.shift()! : looks[0]!);
  const patience = { withinMs: 100, everyMs: 1 };
  await untilEnded(WHERE, (text) => told.push(text), { endings, patience });
  return told;
}

describe("what a run was deleting when it ended", () => {
  it("is waited for, and told once", async () => {
    expect(await waited(["volume a", "volume b"], ["volume b"], [])).toEqual([
      "Waiting for the end of volume a, volume b",
    ]);
  });

  it("is not spoken of where there is none", async () => {
    expect(await waited([])).toEqual([]);
  });

  it("is a fault where it does not end, with how to see what keeps it", async () => {
    await expect(waited(["volume a"])).rejects.toThrow(
      "This was being deleted, and does not end: volume a; " +
        "`kubectl --context kind-watchtower -n watchtower get pods` shows what may still use it.",
    );
  });
});
