/** What the gRPC client adds to an error of its own; other errors have none of it. */
export type GrpcError = Error & {
  code?: unknown;
  details?: unknown;
  metadata?: { get?: (key: string) => unknown[] };
};

const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;

/** Status codes after which OTLP says to send again. */
const RETRYABLE = [
  1, // CANCELLED
  4, // DEADLINE_EXCEEDED
  10, // ABORTED
  11, // OUT_OF_RANGE
  14, // UNAVAILABLE
  15, // DATA_LOSS
];

/** Whether OTLP says to send again. */
export function isRetryable(error: GrpcError): boolean {
  if (error.code === RESOURCE_EXHAUSTED) return hasRetryInfo(error);
  return typeof error.code === "number" && RETRYABLE.includes(error.code);
}

/** Whether the receiver does not know the signal. */
export function isUnimplemented(error: GrpcError): boolean {
  return error.code === UNIMPLEMENTED;
}

/** Whether the receiver does not know us. */
export function isForbidden(error: GrpcError): boolean {
  return error.code === UNAUTHENTICATED || error.code === PERMISSION_DENIED;
}

/** The part of the error that tells a person something. */
export function reasonOf({ message }: GrpcError): string {
  const [, connecting] = /Last error: (.*?)\.? ?(?:Resolution note:|$)/.exec(message) ?? [];
  return (connecting ?? message).replace(/^Error: /, "");
}

/** OTLP: an exhausted receiver may be asked again only if it says when (a `RetryInfo` among the details). */
function hasRetryInfo({ metadata }: GrpcError): boolean {
  const details = metadata?.get?.("grpc-status-details-bin") ?? [];
  return details.some(
    (one) => one instanceof Uint8Array && Buffer.from(one).includes("google.rpc.RetryInfo"),
  );
}
