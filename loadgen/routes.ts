/** An HTTP endpoint of one service. */
export interface Endpoint {
  method: "GET" | "POST";
  route: string;
  /** Status when all is well. */
  status: 200 | 201;
}

export interface Query {
  operation: "SELECT" | "INSERT" | "UPDATE";
  collection: string;
  text: string;
  /** Half the queries take longer. */
  medianMs: number;
}

/** A kind of request: what each of the three services does for it. */
export interface Route {
  /** How often it is drawn, against the others. */
  weight: number;
  /**
   * How much more (to 1) or less (to -1) often than others it fails; weighted by `weight` they sum up to
   * nothing, so that all routes together fail as often as asked.
   */
  failureBias: number;
  gateway: Endpoint;
  order: Endpoint & {
    /** The INTERNAL span, and what the service logs when done. */
    work: string;
    done: string;
    query: Query;
  };
  payment: Endpoint & {
    /** The INTERNAL span, and what the service logs when done. */
    work: string;
    done: string;
    /** What it calls at the payment provider, by gRPC, and how long half the answers take at most. */
    rpc: string;
    medianMs: number;
  };
  /** Whether the request is about one order; then its id and payment method are known. */
  hasOrder: boolean;
  /** Whether it places that order, which then has a value. */
  placesOrder?: true;
}

export const ROUTES: readonly Route[] = [
  {
    weight: 45,
    failureBias: -0.5,
    hasOrder: true,
    gateway: { method: "GET", route: "/orders/{order_id}", status: 200 },
    order: {
      method: "GET",
      route: "/orders/{order_id}",
      status: 200,
      work: "check access",
      done: "order read",
      query: {
        operation: "SELECT",
        collection: "orders",
        text: "SELECT id, customer_id, status, total FROM orders WHERE id = $1",
        medianMs: 3,
      },
    },
    payment: {
      method: "GET",
      route: "/charges/{order_id}",
      status: 200,
      work: "look up charge",
      done: "charge looked up",
      rpc: "provider.payments.v1.Charges/Get",
      medianMs: 6,
    },
  },
  {
    weight: 30,
    failureBias: 1,
    hasOrder: true,
    placesOrder: true,
    gateway: { method: "POST", route: "/orders", status: 201 },
    order: {
      method: "POST",
      route: "/orders",
      status: 201,
      work: "validate order",
      done: "order placed",
      query: {
        operation: "INSERT",
        collection: "orders",
        text: "INSERT INTO orders (id, customer_id, status, total) VALUES ($1, $2, $3, $4)",
        medianMs: 8,
      },
    },
    payment: {
      method: "POST",
      route: "/charges",
      status: 201,
      work: "charge customer",
      done: "customer charged",
      rpc: "provider.payments.v1.Charges/Create",
      medianMs: 45,
    },
  },
  {
    weight: 20,
    failureBias: -0.625,
    hasOrder: false,
    gateway: { method: "GET", route: "/products", status: 200 },
    order: {
      method: "GET",
      route: "/products",
      status: 200,
      work: "price products",
      done: "products priced",
      query: {
        operation: "SELECT",
        collection: "products",
        text: "SELECT id, name, price FROM products WHERE category = $1 ORDER BY rank LIMIT 50",
        medianMs: 14,
      },
    },
    payment: {
      method: "GET",
      route: "/exchange-rates",
      status: 200,
      work: "read exchange rates",
      done: "exchange rates read",
      rpc: "provider.payments.v1.Rates/List",
      medianMs: 3,
    },
  },
  {
    weight: 5,
    failureBias: 1,
    hasOrder: true,
    gateway: { method: "POST", route: "/orders/{order_id}/refund", status: 200 },
    order: {
      method: "POST",
      route: "/orders/{order_id}/refund",
      status: 200,
      work: "check refund",
      done: "order refunded",
      query: {
        operation: "UPDATE",
        collection: "orders",
        text: "UPDATE orders SET status = $2 WHERE id = $1",
        medianMs: 6,
      },
    },
    payment: {
      method: "POST",
      route: "/refunds",
      status: 201,
      work: "refund customer",
      done: "customer refunded",
      rpc: "provider.payments.v1.Refunds/Create",
      medianMs: 60,
    },
  },
];
