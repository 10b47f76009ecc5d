/** How a node ends, in the words of sysexits.h where it has one; scripts and supervisors rely on the numbers. */
export const exitCode = {
  /** Left with its data handed over, or stopped with its data kept. */
  clean: 0,
  portInUse: 69,
  /** The store cannot be read, has lost its data, or failed on the way out. */
  storeFailure: 70,
  directoryInUse: 73,
  /** The ring found is not the one this node was configured for. */
  wrongRing: 76,
  badConfiguration: 78,
  /** As a shell shows SIGKILL; `--allow-kill` asked for it. */
  killed: 137,
  /** A second signal did not want to wait for the first one's leave. */
  secondSignal: 143,
} as const;

export type ExitCode = typeof exitCode[keyof typeof exitCode];

/** The node cannot run, for a reason that fits on one line. */
export class StartError extends Error {
  override readonly name = "StartError";

  constructor(readonly exit: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** What the operator asked for makes no sense. */
export class ConfigurationError extends StartError {
  constructor(message: string, options?: ErrorOptions) {
    super(exitCode.badConfiguration, message, options);
  }
}
