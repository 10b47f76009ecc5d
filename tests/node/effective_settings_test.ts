import { assertEquals, assertThrows } from "@std/assert";
import { effectiveSettings } from "../../node/effective_settings.ts";
import { ConfigurationError } from "../../node/exit_code.ts";
import { isSwitch, onlyAsFlag, option } from "../../node/node_options.ts";
import { nodeUrls, wholeNumber } from "../../node/option.ts";
import { findSettings, readSettings, type Sources } from "../../node/settings.ts";

const options = {
  port: option({ summary: "port", placeholder: "PORT", read: wholeNumber(0, 65_535), fallback: 8440 }),
  bootstrap: option<readonly string[]>({
    summary: "nodes",
    placeholder: "URL",
    read: nodeUrls,
    fallback: [],
    isRepeatable: true,
  }),
  ringSecret: option<string | null>({
    summary: "secret",
    placeholder: "TEXT",
    read: (text) => text,
    fallback: null,
    isSecret: true,
  }),
  memory: isSwitch("memory only"),
  help: onlyAsFlag(isSwitch("show this")),
};

function shown(args: string[], env: Record<string, string> = {}, dotEnv: Record<string, string> = {}) {
  const sources: Sources = { args, env: (name) => env[name], dotEnv };
  const values = readSettings(options, sources);
  return effectiveSettings(options, findSettings(options, sources), values)
    .map(({ flag, value, source }) => `${flag} ${value} (${source})`);
}

Deno.test("effectiveSettings() says what is in effect and where it comes from", () => {
  const rows: [given: Parameters<typeof shown>, want: string[]][] = [
    [[[]], [
      "--port 8440 (default)",
      "--bootstrap  (default)",
      "--ring-secret  (default)",
      "--memory false (default)",
    ]],
    [[["--port=1", "--memory"], { RONDO_PORT: "2" }, { RONDO_PORT: "3" }], [
      "--port 1 (flag)",
      "--bootstrap  (default)",
      "--ring-secret  (default)",
      "--memory true (flag)",
    ]],
    [
      [["--bootstrap", "http://a:1", "--bootstrap", "http://b:2"], { RONDO_PORT: "2" }, {
        RONDO_MEMORY: "1",
      }],
      [
        "--port 2 (environment)",
        "--bootstrap http://a:1,http://b:2 (flag)",
        "--ring-secret  (default)",
        "--memory true (file)",
      ],
    ],
  ];
  for (const [given, want] of rows) assertEquals(shown(...given), want);
});

Deno.test("effectiveSettings() shows of a secret only how long it is", () => {
  const lines = shown([], { RONDO_RING_SECRET: "correct horse battery" });
  assertEquals(lines[2], "--ring-secret set, 21 chars (environment)");
  assertEquals(lines.some((line) => line.includes("horse")), false);
});

Deno.test("effectiveSettings() takes values that came to be later, under the source of what was asked", () => {
  const sources: Sources = { args: ["--port", "0"], env: () => undefined, dotEnv: {} };
  const values = { ...readSettings(options, sources), port: 49_152 };
  const [port] = effectiveSettings(options, findSettings(options, sources), values);
  assertEquals(port, {
    flag: "--port",
    environment: "RONDO_PORT",
    summary: "port",
    value: "49152",
    source: "flag",
  });
});

Deno.test("findSettings() refuses a flag that nobody knows", () => {
  const sources: Sources = { args: ["--prot", "1"], env: () => undefined, dotEnv: {} };
  assertThrows(() => findSettings(options, sources), ConfigurationError, "did you mean --port?");
});
