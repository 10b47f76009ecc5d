import type { JSX } from "preact";
import { IdChip } from "../components/shell/IdChip.tsx";

/** The id of the node that serves the page. */
export default function ShellId({ id }: { id: string }): JSX.Element {
  return <IdChip id={id} />;
}
