const root = new URL("..", import.meta.url).pathname;

/** A process that a measurement started; it is ended with the measurement. */
export class Started implements AsyncDisposable {
  constructor(readonly child: Deno.ChildProcess, readonly port: number) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Waits until the server answers the path with 200. */
  async answers(path: string): Promise<void> {
    while (true) {
      const response = await fetch(`${this.url}${path}`).catch(() => null);
      await response?.body?.cancel();
      if (response?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.child.status;
  }
}

/**
 * A node with the permissions that `deno task node` gives it.
 *
 * @param reads what else it may read: without the files of the console it makes no pages.
 */
export function startNode(
  directory: string,
  port: number,
  flags: readonly string[] = [],
  reads: readonly string[] = [],
): Started {
  const readable = [directory, "./.env", ...reads].join();
  const permissions = ["-P=node", `--allow-read=${readable}`, `--allow-write=${directory}`];
  return start([
    ...permissions,
    "main.ts",
    `--port=${port}`,
    `--data-dir=${directory}`,
    "--log-level=error",
    ...flags,
  ], port);
}

/** A ring of so many nodes, each in its place before the next one comes; gives the first. */
export async function startRing(
  stack: AsyncDisposableStack,
  directory: string,
  nodes: number,
  flags: readonly string[] = [],
): Promise<Started> {
  const first = stack.use(startNode(`${directory}/0`, freePort(), flags));
  await first.answers("/ready");
  for (let i = 1; i < nodes; i++) {
    const node = stack.use(
      startNode(`${directory}/${i}`, freePort(), [...flags, `--bootstrap=${first.url}`]),
    );
    await node.answers("/ready");
  }
  return first;
}

export function startFloor(directory: string, port: number): Started {
  return start([
    "--allow-net=127.0.0.1",
    "--allow-read",
    "--allow-write",
    "bench/floor_server.ts",
    String(port),
    directory,
  ], port);
}

/** One node behind a door at each port: none, an open one, one that asks for a token. */
export function startDoors(directory: string, ports: readonly number[], tokenFile: string): Started {
  const permissions = ["--allow-net=127.0.0.1", `--allow-read=${directory}`];
  return start([...permissions, "bench/door_server.ts", tokenFile, ...ports.map(String)], ports[0] ?? 0);
}

/** A port that was free a moment ago. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** User and system time of a process so far; the kernel counts in hundredths of a second. */
export function cpuSeconds(pid: number): number {
  const fields = fileOf(pid, "stat").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+([0-9]+) kB/.exec(fileOf(pid, "status"))?.[1]) / 1_024;
}

/** `Deno.readTextFile` may not read there without all permissions. */
function fileOf(pid: number, name: string): string {
  const { stdout } = new Deno.Command("cat", { args: [`/proc/${pid}/${name}`] }).outputSync();
  return new TextDecoder().decode(stdout);
}

function start(args: readonly string[], port: number): Started {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", ...args],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  return new Started(command.spawn(), port);
}
