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
}

/** A kind of request: what each of the three services does for it. */
export interface Route {
  /** How often it is drawn, against the others. */
  weight: number;
  gateway: Endpoint;
  order: Endpoint & {
    /** The INTERNAL span, and what the service logs when done. */
    work: string;
    done: string;
    query: Query;
  };
  payment: Endpoint & { work: string; done: string; medianMs: number };
  /** Whether the request is about one order; then its id and payment method are known. */
  hasOrder: boolean;
}

export const ROUTES: readonly Route[] = [
  {
    weight: 45,
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
      },
    },
    payment: {
      method: "GET",
      route: "/charges/{order_id}",
      status: 200,
      work: "look up charge",
      done: "charge looked up",
      medianMs: 6,
    },
  },
  {
    weight: 30,
    hasOrder: true,
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
      },
    },
    payment: {
      method: "POST",
      route: "/charges",
      status: 201,
      work: "charge customer",
      done: "customer charged",
      medianMs: 45,
    },
  },
  {
    weight: 20,
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
      },
    },
    payment: {
      method: "GET",
      route: "/exchange-rates",
      status: 200,
      work: "read exchange rates",
      done: "exchange rates read",
      medianMs: 3,
    },
  },
  {
    weight: 5,
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
      },
    },
    payment: {
      method: "POST",
      route: "/refunds",
      status: 201,
      work: "refund customer",
      done: "customer refunded",
      medianMs: 60,
    },
  },
];

/** A way the payment provider fails. */
export interface Fault {
  weight: number;
  type: string;
  message: string;
  /** What payment-service answers. */
  status: 500 | 503 | 504;
  /** How long it waited in vain. */
  waitedMs: number;
}

export const FAULTS: readonly Fault[] = [
  {
    weight: 5,
    type: "ProviderUnavailableError",
    message: "payment provider answered 503 Service Unavailable",
    status: 503,
    waitedMs: 0,
  },
  {
    weight: 3,
    type: "ProviderTimeoutError",
    message: "payment provider did not answer within 2000 ms",
    status: 504,
    waitedMs: 2000,
  },
  {
    weight: 2,
    type: "LedgerConflictError",
    message: "ledger entry was changed by another transaction",
    status: 500,
    waitedMs: 0,
  },
];

export const CUSTOMER_TIERS = [
  { weight: 70, tier: "free" },
  { weight: 25, tier: "plus" },
  { weight: 5, tier: "gold" },
];

export const PAYMENT_METHODS = [
  { weight: 70, method: "card" },
  { weight: 20, method: "paypal" },
  { weight: 10, method: "invoice" },
];

export const USER_AGENTS = [
  { weight: 5, value: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" },
  { weight: 3, value: "ShopApp/4.2 (iOS 19.1)" },
  { weight: 1, value: "curl/8.14.1" },
];
