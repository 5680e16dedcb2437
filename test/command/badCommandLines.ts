/** Calls that are wrong, each with the whole sentence that it gets. The first eight are tried as processes too. */

export interface BadCommandLine {
  readonly args: ReadonlyArray<string>
  readonly message: string
}

const bad = (args: ReadonlyArray<string>, message: string): BadCommandLine => ({ args, message })

const COMMANDS = "it must be one of spec, check, discover, read, authorize, scopes, spaces, sample-site"
const CONFIG = "the connector's config, JSON"

export const badCommandLines: ReadonlyArray<BadCommandLine> = [
  bad([], `A command is missing; ${COMMANDS}.`),
  bad(["nonsense"], `"nonsense" is no command; ${COMMANDS}.`),
  bad(["read", "--config", "a"], "read needs --catalog FILE: the configured catalog, JSON, or what discover printed."),
  bad(["check", "--config"], `--config needs a value: ${CONFIG}.`),
  bad(["check", "--config", "a", "--catalog", "b"], "--catalog is no flag of check; it takes --config."),
  bad(["sample-site", "--port", "65536"], `--port must be a whole number from 0 to 65535, but is "65536".`),
  bad(["spec", "extra"], `"extra" is not understood; spec takes flags alone.`),
  bad(["check", "--config", "a", "--config", "b"], "--config is there twice."),
  bad(["Read"], `"Read" is no command; ${COMMANDS}.`),
  bad(["--config", "x"], `"--config" is no command; ${COMMANDS}.`),
  bad(["toString"], `"toString" is no command; ${COMMANDS}.`),
  bad(["check"], `check needs --config FILE: ${CONFIG}.`),
  bad(["discover"], `discover needs --config FILE: ${CONFIG}.`),
  bad(["read", "--catalog", "a"], `read needs --config FILE: ${CONFIG}.`),
  bad(["check", "--config="], `--config needs a value: ${CONFIG}.`),
  bad(["check", "--config", ""], `--config needs a value: ${CONFIG}.`),
  bad(["read", "--config", "--catalog", "x"], `--config needs a value: ${CONFIG}.`),
  bad(["spaces"], `spaces needs --config FILE: ${CONFIG}.`),
  bad(["spaces", "--config", "a", "--json=yes"], "--json is a switch: it takes no value."),
  bad(["check", "config.json"], `"config.json" is not understood; check takes flags alone.`),
  bad(["check", "--config", "a", "b"], `"b" is not understood; check takes flags alone.`),
  bad(["check", "-c", "x"], "-c is no flag of check; it takes --config."),
  bad(["check", "--Config", "x"], "--Config is no flag of check; it takes --config."),
  bad(["check", "--constructor", "x"], "--constructor is no flag of check; it takes --config."),
  bad(["discover", "--config", "a", "--state", "b"], "--state is no flag of discover; it takes --config."),
  bad(["check", "--config", "a", "--debug=yes"], "--debug is a switch: it takes no value."),
  bad(["check", "--no-debug"], "--no-debug is no flag of check; it takes --config."),
  bad(["spec", "--config", "x"], "--config is no flag of spec; it takes none."),
  bad(["spec", "--"], `"--" is not understood; spec takes flags alone.`),
  bad(["authorize", "--no-browser=yes"], "--no-browser is a switch: it takes no value."),
  bad(
    ["authorize", "--browser"],
    "--browser is no flag of authorize; it takes --config, --output, --port, --no-browser.",
  ),
  bad(["authorize", "--port", "65536"], `--port must be a whole number from 0 to 65535, but is "65536".`),
  bad(["scopes", "--streams"], "--streams needs a value: the streams to be read; all of them by default."),
  bad(
    ["scopes", "--auth-type", "oauth"],
    `--auth-type must be one of oauth2.0, service_account, api_token, but is "oauth".`,
  ),
  bad(["scopes", "--streams", "pages", "--streams=users"], "--streams is there twice."),
  bad(["sample-site", "--port", "-1"], `--port must be a whole number from 0 to 65535, but is "-1".`),
  bad(["sample-site", "--pages", "1e3"], `--pages must be a whole number from 0 to 10000000, but is "1e3".`),
  bad(["sample-site", "--pages=10000001"], `--pages must be a whole number from 0 to 10000000, but is "10000001".`),
  bad(["sample-site", "--latency", "1.5"], `--latency must be a whole number from 0 to 600000, but is "1.5".`),
  bad(["sample-site", "--rate-limit", " "], `--rate-limit must be a whole number from 0 to 1000000, but is " ".`),
  bad(["sample-site", "--seed", "0x10"], `--seed must be a whole number from 0 to 2147483648, but is "0x10".`),
]
