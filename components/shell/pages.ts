/** The pages of the console, in the order of the navigation. */
export const pages = [
  { name: "Node", path: "/", shortcut: "n", icon: "node" },
  { name: "Ring", path: "/ring", shortcut: "r", icon: "ring" },
  { name: "Keys", path: "/keys", shortcut: "k", icon: "keys" },
  { name: "Trace", path: "/trace", shortcut: "t", icon: "trace" },
  { name: "Logs", path: "/logs", shortcut: "l", icon: "logs" },
  { name: "Ops", path: "/ops", shortcut: "o", icon: "ops" },
  { name: "Settings", path: "/settings", shortcut: "s", icon: "settings" },
] as const;

export type PageIcon = typeof pages[number]["icon"];
