import { Interrupt } from "../../scripts/lib/interrupt";
import { Screen } from "../../scripts/lib/screen";
import { Memory } from "../helpers/memory";
import { signalSender } from "../helpers/signals";

describe("on a terminal", () => {
  const terminal = (columns = 80) => Object.assign(new Memory(), { isTTY: true, columns });

  it("a status takes the place of the last one, and gives way to a line", () => {
    const out = terminal();
    const screen = new Screen(out);
    screen.status("a long status");
    screen.status("short");
    screen.line("done");
    screen.clear();
    expect(out.text).toBe(`a long status\r${" ".repeat(13)}\rshort\r${" ".repeat(5)}\rdone\n`);
  });

  it("that can do nothing but write, a status is a line", () => {
    const before = process.env.TERM;
    process.env.TERM = "dumb";
    const out = terminal();
    new Screen(out).status("wait");
    process.env.TERM = before;
    expect(out.text).toBe("wait\n");
  });

  it("a status is taken away", () => {
    const out = terminal();
    const screen = new Screen(out);
    screen.status("wait");
    screen.clear();
    screen.clear();
    expect(out.text).toBe(`wait\r    \r`);
  });

  it("a status stays on its line, or it could not be taken back", () => {
    const out = terminal(10);
    new Screen(out).status("longer than the terminal");
    expect(out.text).toBe("longer th");
  });
});

describe("in a file", () => {
  it("lines are all there is, and a status is one only now and then", () => {
    jest.useFakeTimers();
    const out = new Memory();
    const screen = new Screen(out);
    for (let s = 0; s < 20; s++) {
      screen.status(`waiting for ${s} s`);
      jest.advanceTimersByTime(1_000);
    }
    screen.line("done");
    screen.clear();
    jest.useRealTimers();
    expect(out.text).toBe("waiting for 0 s\nwaiting for 15 s\ndone\n");
  });
});

describe("a verb that is to end", () => {
  it("by Ctrl-C says so once, and leaves it to Pulumi, which hears it, too", () => {
    const [out, send] = [new Memory(), signalSender()];
    const interrupt = new Interrupt(new Screen(out));
    expect(interrupt.asked).toBe(false);
    for (let i = 0; i < 2; i++) send("SIGINT");
    expect(out.text).toBe("Ending what is under way; Ctrl-C again ends at once.\n");
    expect([interrupt.asked, interrupt.signal.aborted]).toEqual([true, false]);
  });

  it("by SIGTERM, which comes to it alone, hands it on", () => {
    const send = signalSender();
    const interrupt = new Interrupt(new Screen(new Memory()));
    send("SIGTERM");
    expect([interrupt.asked, interrupt.signal.aborted]).toEqual([true, true]);
  });
});
