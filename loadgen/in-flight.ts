/**
 * The requests in flight, at most so many. Their latencies are drawn, so a request holds its place for as long as
 * it is said to take, although its trace is written at once.
 */
export class InFlight {
  private endsAt: number[] = [];

  constructor(private readonly limit = Infinity) {}

  hasRoom(): boolean {
    if (this.endsAt.length < this.limit) return true;
    const now = performance.now();
    this.endsAt = this.endsAt.filter((end) => end > now);
    return this.endsAt.length < this.limit;
  }

  add(durationMs: number): void {
    if (this.limit !== Infinity) this.endsAt.push(performance.now() + durationMs);
  }
}
