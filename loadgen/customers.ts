/** Who asks, the more often the greater the weight. */
export const CUSTOMER_TIERS = [
  { weight: 70, tier: "free" },
  { weight: 25, tier: "plus" },
  { weight: 5, tier: "gold" },
];

/** How they pay. */
export const PAYMENT_METHODS = [
  { weight: 70, method: "card" },
  { weight: 20, method: "paypal" },
  { weight: 10, method: "invoice" },
];

/** What they ask with. */
export const USER_AGENTS = [
  { weight: 5, value: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" },
  { weight: 3, value: "ShopApp/4.2 (iOS 19.1)" },
  { weight: 1, value: "curl/8.14.1" },
];
