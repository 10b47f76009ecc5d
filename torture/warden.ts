/**
 * Ends the nodes if we do not live to do it.
 *
 * It is told which processes we started and which have ended. Its standard input closes with us, however we end, and
 * then it kills those that are left: by their numbers, so never anybody else's.
 */
export class Warden {
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;

  constructor() {
    this.#child = new Deno.Command("sh", {
      args: ["-c", script],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
  }

  async watch(pid: number): Promise<void> {
    await this.#order(`watch ${pid}`);
  }

  async forget(pid: number): Promise<void> {
    await this.#order(`forget ${pid}`);
  }

  /** Must be called when all nodes have ended. */
  async dismiss(): Promise<void> {
    await this.#orders.close();
    await this.#child.status;
  }

  async #order(line: string): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(`${line}\n`));
  }
}

/** SIGKILL ends stopped processes too. Being detached, it does not hear the Ctrl-C that ends us. */
const script = `
pids=' '
while read -r order pid; do
  case $order in
    watch) pids="$pids$pid " ;;
    forget) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -9 "$pid"; done
`;
