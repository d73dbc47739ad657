import { Writable } from "node:stream";

/** Remembers what was written to it. */
export class Memory extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
