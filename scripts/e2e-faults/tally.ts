/** How often each number was seen, from 0 on. */
export class Tally {
  private counts = new Uint8Array(1_024);
  /** How often a number was seen that had been seen before. */
  repeated = 0;
  /** How many numbers were seen. */
  distinct = 0;

  add(number: number): void {
    if (number >= this.counts.length) this.growTo(number + 1);
    const before = this.counts[number]!;
    if (before === 0) this.distinct++;
    else this.repeated++;
    if (before < 255) this.counts[number] = before + 1;
  }

  has(number: number): boolean {
    return (this.counts[number] ?? 0) > 0;
  }

  private growTo(length: number): void {
    const grown = new Uint8Array(Math.max(length, 2 * this.counts.length));
    grown.set(this.counts);
    this.counts = grown;
  }
}
