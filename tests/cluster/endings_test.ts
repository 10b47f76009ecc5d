import { assert, assertEquals, assertMatch } from "@std/assert";
import { Cluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free_ports.ts";
import { Run } from "./node_run.ts";

Deno.test("A node that cannot start says why on one line, and ends with the exit code for it", async (t) => {
  await Cluster.tell({ places: 2, running: 1 }, async (cluster) => {
    const { url, port, directory } = cluster.place(0);
    const [free = 0] = freePorts(1);
    const fresh = `${cluster.directory}/fresh`;
    const join = `--bootstrap=${url}`;
    const rows: [args: string[], exit: number, line: RegExp, env?: Record<string, string>][] = [
      [["--prot=1"], 78, /^Cannot use "--prot": there is no such flag; did you mean --port\?$/],
      [["--virtual-nodes=3"], 78, /^Cannot use "--virtual-nodes": there is no such flag/],
      [
        ["--write-quorum=1"],
        78,
        /^Cannot use 3 replicas, write quorum 1, .*two writes might miss each other/,
      ],
      [["8440"], 78, /^Cannot use "8440": there is no such flag/],
      [["--port"], 78, /^Cannot use --port without a value/],
      [["--port=70000"], 78, /^Cannot use "70000" for --port: it takes a whole number from 0 to 65535$/],
      [["--port=1", "--port=2"], 78, /^Cannot use --port twice$/],
      [["--host=0.0.0.0"], 78, /^Cannot listen on 0\.0\.0\.0 without a secret to keep strangers out/],
      [["--host=192.168.0.7"], 78, /give --secret-file, or a loopback address$/],
      [["--secret-file=/nowhere"], 78, /^Cannot use the secret file \/nowhere: it is not there/],
      [["--host=a/b"], 78, /^Cannot use "a\/b" for --host: it takes an address of this machine/],
      [["--bits=7"], 78, /from 8 to 160$/],
      [["--hash=md5"], 78, /it takes sha256 or sha1$/],
      [["--partitions=100"], 78, /power of two/],
      [["--bits=8", "--partitions=512"], 78, /^Cannot cut a circle of 8 bits into 512 partitions$/],
      [["--bootstrap=127.0.0.1:8440"], 78, /it takes the URL of a node/],
      [[`--port=${free}`, `--bootstrap=http://localhost:${free}`], 78, /that is this node/],
      [[], 78, /^Cannot use "soon" for RONDO_STABILIZE_MS: it takes/, { RONDO_STABILIZE_MS: "soon" }],
      [[`--port=${port}`], 69, /^Cannot listen on 127\.0\.0\.1:[0-9]+: the port is in use$/],
      [["--port=0", `--data-dir=${directory}`], 73, /another process has it open$/],
      [[`--port=${free}`, join, "--cluster=other"], 76, /its cluster is rondo, this node's is other$/],
      [[`--port=${free}`, join, "--bits=32"], 76, /its bits is 160, this node's is 32$/],
      [[`--port=${free}`, join, "--partitions=64"], 76, /its partitions is 4096, this node's is 64$/],
    ];
    for (const [args, exit, line, env] of rows) {
      await t.step(`${args.join(" ").replaceAll(/[0-9]{5}/g, "PORT").slice(0, 60)}: ${exit}`, async () => {
        await Deno.remove(fresh, { recursive: true }).catch(() => {});
        const hasDirectory = args.some((arg) => arg.startsWith("--data-dir"));
        const settings = hasDirectory ? args : [...args, `--data-dir=${fresh}`];
        await using run = Run.node(hasDirectory ? directory : fresh, settings, env);
        assertEquals(await run.exited, exit, run.output);
        assertMatch(run.lines.at(-1) ?? "", line);
        assertEquals(run.lines.length, 1, run.output);
      });
    }
  });
});

Deno.test("A node refuses data that is another node's, another ring's, or gone", async () => {
  await Cluster.tell({ places: 2, running: 1 }, async (cluster) => {
    const place = cluster.place(0);
    await place.client.put("a", "1");
    assertEquals(await place.end("SIGUSR1"), 0);

    const other = Run.node(place.directory, ["--port=0", `--data-dir=${place.directory}`]);
    assertEquals([await other.exited, other.lines.length], [78, 1], other.output);
    assertMatch(other.output, /^Cannot run http:.* on the data of http:/);

    assertEquals(await place.start("--bits=32").exited, 76);
    assertMatch(
      place.run?.output ?? "",
      /^Cannot run with .*--bits 32.* on data of a ring with .*--bits 160/,
    );

    for (const file of ["rondo.kv", "rondo.kv-wal", "rondo.kv-shm"]) {
      await Deno.remove(`${place.directory}/${file}`).catch(() => {});
    }
    assertEquals(await place.start().exited, 70);
    assertMatch(place.run?.output ?? "", /has lost its data; join the ring again with --bootstrap/);

    const founder = cluster.place(1);
    founder.start();
    await eventually(() => founder.isReady());
    place.start(`--bootstrap=${founder.url}`);
    await cluster.closes();
  });
});

Deno.test("A node that nobody can take over from ends with 0 and keeps its data", async () => {
  await Cluster.tell({ places: 1 }, async (cluster) => {
    const place = cluster.place(0);
    await place.client.put("a", "1");
    await place.client.leave();
    assertEquals(await place.run?.exited, 0);
    place.start();
    await eventually(() => place.isReady());
    assertEquals(await place.client.getText("a"), "1");
  });
});

Deno.test("A second signal after two seconds ends a leave that goes on and on, and nothing is lost", async () => {
  // Of three keepers one is deaf: it cannot say that it has everything, so the leaver waits for it.
  await Cluster.tell({ places: 3 }, async (cluster) => {
    const [deaf, leaver] = [cluster.place(0), cluster.place(1)];
    deaf.run?.signal("SIGSTOP");
    leaver.run?.signal("SIGTERM");
    leaver.run?.signal("SIGTERM");
    await eventually(() => assert(leaver.run?.output.includes("leaveAsked")));
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    assert(leaver.isRunning, leaver.run?.output);
    assertEquals(await leaver.end("SIGTERM"), 143);
    deaf.run?.signal("SIGCONT");
    leaver.start();
    await cluster.closes();
  });
});

Deno.test("POST /api/node/kill ends a node at once, but only one that was started for it", async () => {
  await Cluster.tell({ places: 2, running: 1 }, async (cluster) => {
    const [place, willing] = [cluster.place(0), cluster.place(1)];
    const kill = async (url: string) => {
      const response = await fetch(`${url}/api/node/kill`, { method: "POST" });
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await kill(place.url), 403);
    willing.start(`--bootstrap=${place.url}`, "--allow-kill");
    await cluster.closes();
    assertEquals(await kill(willing.url), 202);
    assertEquals(await willing.run?.exited, 137);
  });
});
