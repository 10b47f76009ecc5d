import { useEffect, useState } from "preact/hooks";
import type { Window } from "../components/ring/circle.ts";
import { type HeatFigure, heatFigures } from "../components/ring/heat.ts";
import { type LabelChoice, labelChoices, type RingView, ringViews } from "../components/ring/shapes.ts";
import { readWindow, windowText } from "../components/ring/zoom.ts";
import { choiceOf, readParameter, writeParameters } from "./url_state.ts";

const tabs = ["diagram", "table", "balance", "fleet"] as const;
type Tab = typeof tabs[number];
export const tabTitles: Readonly<Record<Tab, string>> = {
  diagram: "Diagram",
  table: "Table",
  balance: "Balance",
  fleet: "Fleet",
};
/** A wheel turns faster than browsers let a page change its address. */
const settledMs = 200;

/** What is looked at, and how: all of it stands in the URL. */
export function useRingView() {
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const [tab, setTab] = useState<Tab>("diagram");
  const [view, setView] = useState<RingView>("all");
  const [heat, setHeat] = useState<HeatFigure>("keys");
  const [labels, setLabels] = useState<LabelChoice>("auto");
  const [window, setWindow] = useState<Window | null>(null);
  const [isRead, setIsRead] = useState(false);
  // After the first rendering: the server's page knows no parameters, and both must begin the same.
  useEffect(() => {
    setSelectedId(readParameter("sel"));
    setTab(choiceOf(readParameter("tab"), tabs));
    setView(choiceOf(readParameter("view"), ringViews));
    setHeat(choiceOf(readParameter("colour"), heatFigures));
    setLabels(choiceOf(readParameter("labels"), labelChoices));
    setWindow(readWindow(readParameter("zoom")));
    setIsRead(true);
  }, []);
  useEffect(() => {
    if (!isRead) return;
    const unless = <T extends string>(value: T, usual: T) => (value === usual ? null : value);
    writeParameters({
      sel: selectedId,
      tab: unless<string>(tab, "diagram"),
      view: unless<string>(view, "all"),
      colour: unless<string>(heat, "keys"),
      labels: unless<string>(labels, "auto"),
    });
  });
  useEffect(() => {
    if (!isRead) return;
    const write = () => writeParameters({ zoom: window === null ? null : windowText(window) });
    const timer = setTimeout(write, settledMs);
    return () => clearTimeout(timer);
  }, [window, isRead]);
  return {
    selectedId,
    select: setSelectedId,
    tab,
    showTab: setTab,
    toolbar: {
      view,
      onView: setView,
      heat,
      onHeat: setHeat,
      labels,
      onLabels: setLabels,
      window,
      onZoom: setWindow,
    },
  };
}
