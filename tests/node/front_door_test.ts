import { assertEquals } from "@std/assert";
import { FrontDoor } from "../../node/front_door.ts";
import { shapes } from "../../transport/rest_shapes.ts";

/** As the server hands it over, whatever its Host header says. */
function asked(url: string): Request {
  return Object.defineProperty(new Request("http://127.0.0.1/"), "url", { value: url });
}

Deno.test("FrontDoor.answer() says in due form that the node is starting, and then what the node says", async () => {
  const door = new FrontDoor();
  const rows: [url: string, status: number, why: string][] = [
    ["http://127.0.0.1:8440/health", 200, "the process lives"],
    ["http://127.0.0.1:8440/ready", 503, "and is not ready"],
    ["http://127.0.0.1:8440/api/keys/k", 503, "nor can it answer"],
    ["http://[::1/api/keys/k", 503, "also for a host that is none"],
  ];
  for (const [url, status, why] of rows) {
    const response = await door.answer(asked(url));
    assertEquals(response.status, status, why);
    const body = await response.json();
    if (url.includes("/api/")) {
      assertEquals(shapes.error.strict().parse(body).error.code, "UNAVAILABLE", why);
      assertEquals(response.headers.get("retry-after"), "1", why);
    }
  }
  door.open(() => new Response("open"));
  assertEquals(await (await door.answer(asked("http://127.0.0.1:8440/ready"))).text(), "open");
});
