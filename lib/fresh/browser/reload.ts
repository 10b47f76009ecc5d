/** Runs in the browser of a developer: loads the page anew when the server was started anew. */
let startedAs: string | null = null;

new EventSource("/_fresh/alive").addEventListener("message", ({ data }) => {
  if (startedAs !== null && startedAs !== data) location.reload();
  startedAs = data;
});
