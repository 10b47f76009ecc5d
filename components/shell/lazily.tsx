import { type ComponentChildren, type ComponentType, h } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A component whose module is loaded when it is first shown. */
export function lazily<P extends object>(
  load: () => Promise<ComponentType<P>>,
): (props: P) => ComponentChildren {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props) {
    const [problem, setProblem] = useState<string | null>(null);
    const [, setIsLoaded] = useState(loaded !== null);
    useEffect(() => {
      if (loaded !== null) return;
      load().then((component) => {
        loaded = component;
        setIsLoaded(true);
      }, () => setProblem("Cannot load this part of the page: its node does not answer."));
    }, []);
    if (loaded !== null) return h(loaded, props);
    return problem !== null && <p class="empty" role="alert">{problem}</p>;
  };
}
