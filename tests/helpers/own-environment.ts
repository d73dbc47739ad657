/** Variables of the person who runs the tests, which would send them elsewhere. */
const THEIRS =
  /^(https?_proxy|no_proxy|all_proxy|watchtower_mirror|pulumi_config_passphrase(_file)?|pulumi_stack|pulumi_disable_automatic_plugin_acquisition)$/i;

/** Gives each test variables of its own, without those that change what is tested; they are put back after it. */
export function ownEnvironment(): void {
  const before = process.env;
  beforeEach(() => {
    process.env = Object.fromEntries(Object.entries(before).filter(([name]) => !THEIRS.test(name)));
  });
  afterEach(() => {
    process.env = before;
  });
}
