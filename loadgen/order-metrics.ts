import type { Counter, Meter } from "@opentelemetry/api";
import type { PlannedOrder } from "./plan";

/** Business metrics of order-service: how many orders, and what they earn. */
export class OrderMetrics {
  private readonly orders: Counter;
  private readonly revenue: Counter;

  constructor(meter: Meter) {
    this.orders = meter.createCounter("shop.orders", {
      description: "Orders that customers tried to place, by how that ended.",
      unit: "{order}",
    });
    this.revenue = meter.createCounter("shop.revenue", {
      description: "Value of the orders placed, in US dollars.",
      unit: "{USD}",
    });
  }

  /** Counts an order; one that could not be placed earns nothing. */
  record({ dimensions, value, placed }: PlannedOrder): void {
    this.orders.add(1, { ...dimensions, "order.outcome": placed ? "placed" : "failed" });
    if (placed) this.revenue.add(value, dimensions);
  }
}
