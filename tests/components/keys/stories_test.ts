import { assertEquals } from "@std/assert";
import {
  beginEdit,
  conditionOf,
  type EditEvent,
  type EditState,
  loneLines,
  nextEdit,
} from "../../../components/keys/edit.ts";
import {
  endSentence,
  type ImportCounts,
  type ImportEnd,
  type ImportNews,
  type ImportState,
  nextImport,
  rowsPerSecond,
} from "../../../components/keys/import_progress.ts";
import {
  isPassing,
  nextUndo,
  nothingToUndo,
  type UndoEvent,
  type UndoState,
} from "../../../components/keys/undo.ts";

const theirs = { value: new Uint8Array([1]), version: "v2", expiresAtMs: null };

Deno.test("a change is saved under the version it began with; a conflict is settled by whoever made it", () => {
  const stories: [events: EditEvent[], want: EditState, why: string][] = [
    [[{ kind: "save" }], { kind: "saving", base: "v1" }, "under the version that was read"],
    [[{ kind: "save" }, { kind: "saved" }], { kind: "done", outcome: "saved" }, "the usual end"],
    [
      [{ kind: "save" }, { kind: "failed", why: "No answer" }],
      { kind: "editing", base: "v1", problem: "No answer" },
      "what was typed stays",
    ],
    [[{ kind: "save" }, { kind: "overtaken", theirs }], { kind: "conflict", theirs }, "both are shown"],
    [
      [{ kind: "save" }, { kind: "overtaken", theirs }, { kind: "overwrite" }],
      { kind: "saving", base: "v2" },
      "only what was shown is overwritten",
    ],
    [
      [{ kind: "save" }, { kind: "overtaken", theirs: null }, { kind: "overwrite" }],
      { kind: "saving", base: null },
      "they deleted it: only if it is still gone",
    ],
    [
      [{ kind: "save" }, { kind: "overtaken", theirs }, { kind: "takeTheirs" }],
      { kind: "done", outcome: "tookTheirs" },
      "nothing is written",
    ],
    [
      [
        { kind: "save" },
        { kind: "overtaken", theirs },
        { kind: "overwrite" },
        { kind: "overtaken", theirs: { ...theirs, version: "v3" } },
      ],
      { kind: "conflict", theirs: { ...theirs, version: "v3" } },
      "a third was faster still",
    ],
    [[{ kind: "overwrite" }], beginEdit("v1"), "there is no conflict to settle"],
    [[{ kind: "saved" }], beginEdit("v1"), "nothing was being saved"],
    [[{ kind: "save" }, { kind: "save" }], { kind: "saving", base: "v1" }, "twice is once"],
  ];
  for (const [events, want, why] of stories) {
    assertEquals(events.reduce(nextEdit, beginEdit("v1")), want, why);
  }
  assertEquals([conditionOf("v1"), conditionOf(null)], [{ ifVersion: "v1" }, { ifAbsent: true }]);
});

Deno.test("loneLines() marks what only one of two texts has", () => {
  const lone = loneLines("a\nmine\nc", "a\nc\ntheirs\nmore");
  assertEquals([[...lone.yours], [...lone.theirs]], [[1], [2, 3]]);
  assertEquals(loneLines("a", "a").yours.size, 0);
});

Deno.test("a deletion can be taken back for a while, and what failed stays to be read", () => {
  const deleted = { key: "k", value: new Uint8Array([1]), expiresAtMs: null };
  const other = { ...deleted, key: "l" };
  const begin: UndoEvent = { kind: "deleted", deleted };
  const stories: [events: UndoEvent[], want: UndoState, why: string][] = [
    [[begin], { kind: "offered", deleted }, "at once"],
    [[begin, { kind: "timeIsUp" }], nothingToUndo, "not for ever"],
    [[begin, { kind: "deleted", deleted: other }], { kind: "offered", deleted: other }, "the last one"],
    [[begin, { kind: "undo" }, { kind: "timeIsUp" }], { kind: "restoring", deleted }, "it is under way"],
    [[begin, { kind: "undo" }, { kind: "restored" }], { kind: "restored", key: "k" }, "it is back"],
    [
      [begin, { kind: "undo" }, { kind: "restored" }, { kind: "timeIsUp" }],
      nothingToUndo,
      "and that was said",
    ],
    [
      [begin, { kind: "undo" }, { kind: "refused", why: "w" }, { kind: "timeIsUp" }],
      { kind: "refused", deleted, why: "w" },
      "a failure waits for its reader",
    ],
    [
      [begin, { kind: "undo" }, { kind: "refused", why: "w" }, { kind: "undo" }],
      { kind: "restoring", deleted },
      "it can be tried again",
    ],
    [[begin, { kind: "dismissed" }], nothingToUndo, "closed"],
    [[{ kind: "undo" }], nothingToUndo, "nothing was deleted"],
  ];
  for (const [events, want, why] of stories) {
    const state = events.reduce(nextUndo, nothingToUndo);
    assertEquals(state, want, why);
    assertEquals(isPassing(state), want.kind === "offered" || want.kind === "restored", why);
  }
});

const counts = (done: number): ImportCounts => ({
  done,
  total: 100,
  ok: done,
  skipped: 0,
  failed: 0,
  lastRow: done + 1,
});
const end: ImportEnd = {
  ...counts(100),
  finished: true,
  dry: false,
  created: 40,
  unknown: 0,
  duplicates: 0,
  seconds: 1,
};
const problem = (row: number) => ({ row, key: `k${row}`, code: "UNAVAILABLE", message: "m" });

function told(...news: ImportNews[]): ImportState {
  const checking: ImportState = { kind: "checking", isStopping: false };
  return news.reduce<ImportState>((state, each) => nextImport(state, each, 1_000), checking);
}

Deno.test("an import is followed from its first line to its last", () => {
  const begun: ImportNews = { kind: "begun", id: "i" };
  const running = told(begun, { kind: "progress", counts: counts(50) }, { kind: "row", problem: problem(7) });
  assertEquals(running, {
    kind: "running",
    id: "i",
    startedAtMs: 1_000,
    counts: counts(50),
    problems: [problem(7)],
    untold: 0,
    isStopping: false,
  });
  assertEquals(running.kind === "running" && rowsPerSecond(running, 3_000), 25);
  assertEquals(running.kind === "running" && rowsPerSecond(running, 1_100), null, "too early to say");
  const ended = told(begun, { kind: "row", problem: problem(7) }, { kind: "end", end });
  assertEquals(ended, { kind: "ended", end, problems: [problem(7)], untold: 0 });
  assertEquals(
    told({ kind: "progress", counts: counts(1) }),
    { kind: "checking", isStopping: false },
    "not begun",
  );
});

Deno.test("an import with a million bad rows keeps some and counts the others", () => {
  const rows = Array.from({ length: 600 }, (_, i): ImportNews => ({ kind: "row", problem: problem(i) }));
  const state = told({ kind: "begun", id: "i" }, ...rows);
  assertEquals(state.kind === "running" && [state.problems.length, state.untold], [500, 100]);
});

Deno.test("endSentence() says what is stored, and how far it went", () => {
  const rows: [changes: Partial<ImportEnd>, want: string][] = [
    [{}, "100 of 100 rows stored, 40 of them new."],
    [{ skipped: 2, failed: 1, ok: 97 }, "97 of 100 rows stored, 40 of them new, 2 left out, 1 failed."],
    [{ dry: true }, "100 of 100 rows would be stored, 40 of them new."],
    [
      { finished: false, reason: "cancelled", ok: 60, lastRow: 61 },
      "Stopped after line 61. 60 of 100 rows stored, 40 of them new; what is stored stays.",
    ],
    [
      { finished: false, reason: "cancelled", ok: 0, created: 0, lastRow: null },
      "Stopped before the first row. 0 of 100 rows stored, 0 of them new; what is stored stays.",
    ],
    [
      { finished: false, reason: "tooManyFailures", ok: 0, created: 0, failed: 200, lastRow: 201 },
      "Given up, because row after row failed, after line 201. 0 of 100 rows stored, 0 of them new, 200 failed; " +
      "what is stored stays.",
    ],
  ];
  for (const [changes, want] of rows) assertEquals(endSentence({ ...end, ...changes }), want);
});
