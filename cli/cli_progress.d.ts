/** Types for the part of cli-progress that the import uses; the package ships none. */
export interface BarOptions {
  readonly format?: string;
  readonly stream?: unknown;
  readonly hideCursor?: boolean;
  readonly clearOnComplete?: boolean;
  readonly barsize?: number;
}
export class SingleBar {
  constructor(options: BarOptions, preset?: unknown);
  start(total: number, startValue: number): void;
  update(current: number): void;
  stop(): void;
}
export const Presets: { readonly shades_classic: unknown };
declare const cliProgress: { SingleBar: typeof SingleBar; Presets: typeof Presets };
export default cliProgress;
