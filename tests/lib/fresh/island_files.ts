import type { Files } from "./project.ts";

/** A project whose islands stand wherever HTML lets something stand. */
export const islandFiles: Files = {
  // A paragraph ends where a block begins, so the parser of HTML puts the end of this island elsewhere.
  "islands/Block.tsx": "export default () => <div>a block</div>;",
  "islands/Counter.tsx": `
    import type { Signal } from "@preact/signals";
    import { IS_BROWSER } from "fresh/runtime";
    export default function Counter({ count, id }: { count: Signal<number>; id: string }) {
      return (
        <button type="button" id={id} class={IS_BROWSER ? "live" : "still"} onClick={() => count.value++}>
          {id}: {count}
        </button>
      );
    }
    export function Twice({ count }: { count: Signal<number> }) {
      return <output id="twice">{count.value * 2}</output>;
    }`,
  "islands/Toggle.tsx": `
    import type { ComponentChildren } from "preact";
    import { useSignal } from "@preact/signals";
    export default function Toggle(props: { id: string; open: boolean; children: ComponentChildren }) {
      const open = useSignal(props.open);
      return (
        <>
          <button type="button" id={props.id} onClick={() => open.value = !open.value}>toggle</button>
          {open.value && <section>{props.children}</section>}
        </>
      );
    }`,
  "islands/Rows.tsx": `
    import { useSignal } from "@preact/signals";
    export default function Rows() {
      const rows = useSignal(["a"]);
      return (
        <>
          {rows.value.map((row) => <tr key={row}><td>{row}</td></tr>)}
          <tr><td><button type="button" id="add" onClick={() => rows.value = [...rows.value, "b"]}>add</button></td></tr>
        </>
      );
    }`,
  "islands/Dot.tsx": `
    import { useSignal } from "@preact/signals";
    import { Head } from "fresh/runtime";
    export default function Dot() {
      const many = useSignal(1);
      return (
        <g id="dots" onClick={() => many.value++}>
          <Head><title>{many} dots</title></Head>
          {Array.from({ length: many.value }, (_, i) => <circle key={i} r="9" cx={20 + 20 * i} cy="20" />)}
        </g>
      );
    }`,
  "islands/Grow.tsx": `
    import { useEffect } from "preact/hooks";
    import { useSignal } from "@preact/signals";
    import { IS_BROWSER } from "fresh/runtime";
    export default function Grow() {
      const many = useSignal(1);
      useEffect(() => { many.value = 2; }, []);
      return IS_BROWSER
        ? <>{Array.from({ length: many.value }, (_, i) => <b key={i}>{i}</b>)}</>
        : <><i>one</i><i>two</i></>;
    }`,
  "routes/_app.tsx": `
    export default ({ Component }: any) => (
      <html><head><meta charset="utf-8" /><title>app</title></head><body><Component /></body></html>
    );`,
  "routes/index.tsx": `
    import { signal } from "@preact/signals";
    import Block from "../islands/Block.tsx";
    import Counter, { Twice } from "../islands/Counter.tsx";
    import Dot from "../islands/Dot.tsx";
    import Grow from "../islands/Grow.tsx";
    import Rows from "../islands/Rows.tsx";
    import Toggle from "../islands/Toggle.tsx";
    export default function Page() {
      const count = signal(3);
      return (
        <main>
          <p>One <Counter id="one" count={count} /> two <Counter id="two" count={count} /></p>
          <Twice count={count} />
          <Toggle id="outer" open>
            <em title="kept">slot</em> <input id="typed" value="as sent" />
            <Counter id="within" count={count} />
            <Toggle id="inner" open={false}><Counter id="deep" count={count} /></Toggle>
          </Toggle>
          <table><tbody><Rows /></tbody></table>
          <svg width="200" height="40"><Dot /></svg>
          <p id="grown">(<Grow />)</p>
          <p><Block /></p>
          <footer>end</footer>
        </main>
      );
    }`,
  "routes/still.tsx": "export default () => <p>no islands</p>;",
};
