/** Lines as a person types them. Those that came at once were pasted, and are one message, as in a chat. */
import type { Interface } from 'node:readline';

/** Each means something by itself: a command, a button. */
const alone = /^\s*(?:\/[a-z]|\d{1,2}\s*$)/i;

/** @param joins  false for a pipe, where each line is a message */
export function typedLines(lines: Interface, joins: boolean): AsyncIterable<string> {
  const ready: string[] = [];
  let pasted: string[] = [];
  let ended = false;
  let wake = () => {};

  function settle(): void {
    const isOne = joins && pasted.length > 1 && !pasted.some((line) => alone.test(line));
    ready.push(...(isOne ? [pasted.join('\n').trim()] : pasted));
    pasted = [];
    wake();
  }

  lines.on('line', (line) => {
    pasted.push(line);
    if (!joins) settle();
    // One paste is read at once: whatever comes after this turn of events was typed.
    else if (pasted.length === 1) setImmediate(settle);
  });
  lines.on('close', () => {
    ended = true;
    settle();
  });

  return {
    async *[Symbol.asyncIterator]() {
      while (true) {
        const line = ready.shift();
        if (line !== undefined) yield line;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
