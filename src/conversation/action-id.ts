/** What a button carries: a command and its values, in the one opaque string that platforms give back. */

/** Characters of what a button carries: Slack takes 2,000, and a door may add a mark of its own. */
export const longestId = 1_900;

/** `workflow.command?name=value`: what a button carries, since platforms give one opaque string back. */
export function actionId(command: string, values: Record<string, string | number> = {}): string {
  const query = new URLSearchParams(
    Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return query === '' ? command : `${command}?${query}`;
}

export function parseActionId(id: string): { command: string; values: URLSearchParams } {
  const at = id.indexOf('?');
  return at < 0
    ? { command: id, values: new URLSearchParams() }
    : { command: id.slice(0, at), values: new URLSearchParams(id.slice(at + 1)) };
}

/**
 * A button with words for the form that it opens. They come whole or not at all: half of them, sent on,
 * would say something else.
 */
export function actionIdWith(
  command: string,
  values: Record<string, string | number>,
  words: Record<string, string>,
): string {
  const whole = actionId(command, { ...values, ...words });
  return whole.length <= longestId ? whole : actionId(command, values);
}

/** Pressed, the message that it stands in shows what it keeps folded; no workflow hears of it. */
export const unfoldId = 'unfold';
