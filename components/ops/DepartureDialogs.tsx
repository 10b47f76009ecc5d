import type { JSX } from "preact";
import { address, shortId } from "../ring/words.ts";
import { DangerDialog } from "../shell/DangerDialog.tsx";
import type { Departure } from "./departure.ts";
import { killSentences, leaveSentences } from "./departure_words.ts";

interface DepartureDialogProps {
  readonly departure: Departure;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** Before the node goes for good, and gives away what it keeps. */
export function LeaveDialog({ departure, onConfirm, onClose }: DepartureDialogProps): JSX.Element {
  const word = shortId(departure.info.id, 4);
  return (
    <DangerDialog
      title={`Remove node ${word} from the ring?`}
      confirmWord={word}
      actionLabel="Hand over and leave"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <Sentences sentences={leaveSentences(departure)} />
      <p>Nothing is deleted here before others have it, so a crash on the way loses nothing.</p>
      <ConsoleEnds departure={departure} />
    </DangerDialog>
  );
}

/** Before the process is ended as a crash would end it. */
export function KillDialog({ departure, onConfirm, onClose }: DepartureDialogProps): JSX.Element {
  const word = shortId(departure.info.id, 4);
  return (
    <DangerDialog
      title={`Kill node ${word} without handing over?`}
      confirmWord={`kill ${word}`}
      actionLabel="Kill"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <Sentences sentences={killSentences(departure)} />
      <ConsoleEnds departure={departure} />
    </DangerDialog>
  );
}

function Sentences({ sentences }: { sentences: readonly string[] }): JSX.Element {
  return (
    <ul>
      {sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}
    </ul>
  );
}

function ConsoleEnds({ departure: { heir, info } }: { departure: Departure }): JSX.Element {
  return (
    <p class="ops-warning">
      This page is served by {shortId(info.id, 4)}: the console ends here.
      {heir !== null && (
        <>
          {" "}Continue on <a href={heir.url}>{address(heir.url)}</a> afterwards.
        </>
      )}
    </p>
  );
}
