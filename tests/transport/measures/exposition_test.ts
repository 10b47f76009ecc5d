import { assertEquals } from "@std/assert";
import { Exposition } from "../../../transport/measures/exposition.ts";

Deno.test("an exposition has a family after the other, each with its help, type and samples", () => {
  const out = new Exposition();
  out.gauge("up", "Whether it\nis \\up", [{ value: 1 }]);
  out.gauge("none", "Not measured", []);
  out.counter("seen_total", "Seen", [{ value: 2, labels: { who: 'a "b"\n\\', where: "here" } }, {
    value: 0.5,
  }]);
  out.histogram("took_seconds", "Took", [
    {
      buckets: [{ upTo: 0.001, count: 1 }, { upTo: 2, count: 4 }],
      count: 5,
      sum: 7.25,
      labels: { kind: "rest" },
    },
  ]);
  assertEquals(
    out.text,
    String.raw`# HELP up Whether it\nis \\up
# TYPE up gauge
up 1
# HELP seen_total Seen
# TYPE seen_total counter
seen_total{who="a \"b\"\n\\",where="here"} 2
seen_total 0.5
# HELP took_seconds Took
# TYPE took_seconds histogram
took_seconds_bucket{kind="rest",le="0.001"} 1
took_seconds_bucket{kind="rest",le="2"} 4
took_seconds_bucket{kind="rest",le="+Inf"} 5
took_seconds_sum{kind="rest"} 7.25
took_seconds_count{kind="rest"} 5
`,
  );
});
