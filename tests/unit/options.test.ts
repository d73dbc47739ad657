import { Misuse, parse, wholeOf } from "../../scripts/lib/options";

const FLAGS = { rate: { type: "string" }, json: { type: "boolean" } } as const;

/** Reads the command line of a verb that takes so many words. */
function read(argv: string[], how: (rate: string | undefined) => unknown = () => undefined, words?: number) {
  return parse({ name: "boil", help: "It boils.", flags: FLAGS, words }, argv, ({ rate }) => how(rate));
}

const refused = (what: string) => ({ fault: `${what}; \`npm run boil -- --help\` lists the options.` });

describe("what keeps a command line from being understood", () => {
  it("is told as a whole where it is a word of ours", () => {
    const misuse = () => {
      throw new Misuse('--rate cannot be "1. 5": it takes a number. It\'s no sum');
    };
    expect(read([], misuse)).toEqual(refused('--rate cannot be "1. 5": it takes a number. It\'s no sum'));
  });

  it("is the first sentence of Node's reader, which goes on with advice on dashes", () => {
    expect(read(["--bogus"])).toEqual(refused("Unknown option '--bogus'"));
  });

  it("is no fault in our own code: that is thrown", () => {
    const broken = () => {
      throw new TypeError("undefined is no function");
    };
    expect(() => read([], broken)).toThrow(TypeError);
  });

  it("is a document as well where one was asked for", () => {
    expect(read(["--json", "--bogus"])).toEqual({ ...refused("Unknown option '--bogus'"), json: true });
  });

  it.each([
    [undefined, ["a"], "a"],
    [1, ["a", "b"], "b"],
    [2, ["a", "b", "c", "d"], "c"],
  ])("is the first word too many where a verb takes %s", (words, argv, stray) => {
    expect(read(argv, undefined, words)).toEqual(refused(`Unexpected argument '${stray}'`));
    expect(read(argv.slice(0, words ?? 0), undefined, words)).toHaveProperty("options");
  });
});

it.each(["0", "101", "1.5", "-1", "ten", ""])("a count up to 100 cannot be %j", (text) => {
  expect(() => wholeOf("rate", text, 100)).toThrow(
    new Misuse(`--rate cannot be "${text}": it takes a whole number from 1 to 100`),
  );
  expect(wholeOf("rate", "100", 100)).toBe(100);
});
