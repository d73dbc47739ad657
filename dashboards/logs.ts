import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard, LOKI, serviceVariable } from "./build";
import { logBars, logs } from "./panels";

/** Lines of users' services: the stack's own carry a job. */
const USERS = `service_name=~"$service", job=""`;

/** What services wrote: how much, at which level, and the errors with their traces. */
export function logsDashboard(): Dashboard {
  return dashboard({
    uid: "watchtower-logs",
    title: "Logs",
    description: "What services wrote: how much, at which level, and the errors with their traces",
    variables: [
      serviceVariable(LOKI, {
        type: 1,
        label: "service_name",
        stream: `{service_name=~".+", job=""}`,
        refId: "A",
      }),
    ],
    sections: [
      {
        title: "Volume",
        panels: [
          logBars(
            { title: "Lines by level", description: "Lines in each step of time, by level" },
            `sum by (detected_level) (count_over_time({${USERS}} [$__auto]))`,
            "{{detected_level}}",
          ),
          logBars(
            { title: "Lines by service", description: "Lines in each step of time, by service" },
            `sum by (service_name) (count_over_time({${USERS}} [$__auto]))`,
            "{{service_name}}",
          ),
        ],
      },
      {
        title: "Lines",
        panels: [
          logs(
            {
              title: "Errors",
              description: "Lines at level error or worse; View trace is in a line's details",
            },
            `{${USERS}} | detected_level=~"error|critical|fatal"`,
          ),
          logs({ title: "All lines", description: "All lines of the chosen services" }, `{${USERS}}`),
        ],
      },
    ],
  });
}
