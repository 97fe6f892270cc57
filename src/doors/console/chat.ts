/** The terminal door: a person who types, or a program that pipes lines in. */
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setImmediate as turnOfEvents } from 'node:timers/promises';
import type { Core } from '../../conversation/port.ts';
import { Reply } from '../../conversation/contract.ts';
import type { Delivery, Draft } from '../../conversation/port.ts';
import type { Screen } from './port.ts';
import { clean, plainStyle, renderJson, renderText, screenStyle } from './render.ts';
import { createSession, type SessionOptions } from './session.ts';
import { typedLines } from './typed-lines.ts';
import { wrap } from './wrap.ts';

export interface ChatOptions {
  email: string;
  json: boolean;
  /** Say hello first: to a person who sits down, not to a program. */
  greet: boolean;
  interactive: boolean;
  /** As whom else one may go on, for those who look around. */
  others?: string;
  who?: SessionOptions['who'];
  terminal?: Terminal;
}

export interface Terminal {
  stdin: Readable;
  stdout: Output;
}

type Output = Writable & { columns?: number };

/** As wide as the screen is now: people drag windows. */
function styleOf(interactive: boolean, stdout: Output) {
  return interactive ? screenStyle(stdout.columns || 100) : plainStyle;
}

/** @param self  whose terminal this is: messages to others are marked with their address */
export function createScreen(
  { json, interactive }: Pick<ChatOptions, 'json' | 'interactive'>,
  self: () => string,
  stdout: Output = process.stdout,
): Screen {
  /** What stands on the screen of each answer that is being made. */
  const drafts = new Map<string, string>();
  const leadOf = (to: string) =>
    to === self() ? '' : `${styleOf(interactive, stdout).dim(`→ ${clean(to)}`)}\n`;

  function show(to: string, { reply, draftKey, unasked }: Delivery, saved: ReadonlyMap<string, string>) {
    // Whoever sits here sees what others are told because of them, and not whom the clock reminds meanwhile.
    if (unasked === true && to !== self()) return;
    if (json) return void stdout.write(`${renderJson(to, reply, saved)}\n`);
    const style = styleOf(interactive, stdout);
    const drafted = drafts.get(draftKey) ?? '';
    drafts.delete(draftKey);
    const text = wrap(clean(reply.text), style.width);
    const goesOn = drafted !== '' && text.startsWith(drafted);
    const begun = goesOn ? `${text.slice(drafted.length)}\n\n` : `${drafted === '' ? '\n' : '\n\n'}${leadOf(to)}`;
    const rest = goesOn ? { ...reply, text: '' } : reply;
    stdout.write(`${begun}${renderText(rest, style, interactive && to === self(), saved)}\n\n`);
  } // prettier-ignore

  function draft(to: string, draftKey: string): Draft {
    return {
      show(text) {
        const before = drafts.get(draftKey) ?? '';
        // Its last word may not be whole yet, and nobody knows on which line it will stand.
        const whole = text.slice(0, Math.max(0, text.search(/\s\S*$/)));
        const lines = wrap(clean(whole), styleOf(interactive, stdout).width);
        if (lines.length <= before.length || !lines.startsWith(before)) return;
        stdout.write(`${before === '' ? `\n${leadOf(to)}` : ''}${lines.slice(before.length)}`);
        drafts.set(draftKey, lines);
      },
      discard() {
        stdout.write('\n(That was not right; here is what holds.)\n');
        drafts.delete(draftKey);
      },
    };
  }
  return { show, draft: interactive ? draft : null };
}

/**
 * Runs until the input ends and every turn is done: an answer that is awaited just then is still shown. Where nobody reads the
 * output any more, nothing further is read either.
 */
export async function chat(
  core: Core,
  options: ChatOptions,
  onPersonChange: (email: string) => void,
): Promise<void> {
  const { email, json, greet, interactive, others, who, terminal = process } = options;
  const { stdin, stdout } = terminal;
  /** A word of the door itself. */
  const tell = (text: string) => stdout.write(`${wrap(clean(text), styleOf(interactive, stdout).width)}\n`);
  const session = createSession({
    core,
    email,
    interactive,
    who,
    onPersonChange,
    profile: {
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      locale: Intl.DateTimeFormat().resolvedOptions().locale,
    },
    say(to, text) {
      if (json) stdout.write(`${renderJson(to, Reply.parse({ text, notice: 'refused' }))}\n`);
      else tell(text);
    },
  });
  let gone = false;
  let awaiting = false;
  let lines: Interface | null = null;
  /** Nobody reads us any more, or the terminal was shut. */
  const leave = () => {
    gone = true;
    lines?.close();
  };
  for (const stream of [stdout, stdin]) stream.on('error', leave);

  async function take(line: string): Promise<boolean> {
    awaiting = true;
    const goesOn = await session.line(line);
    awaiting = false;
    return goesOn && !gone;
  }

  if (greet) await take('hello');
  lines = createInterface({
    input: stdin,
    ...(interactive ? { output: stdout, prompt: '> ', terminal: true } : {}),
    crlfDelay: Infinity,
  });
  const typed = typedLines(lines, interactive);
  let isOpen = true;
  lines.on('error', () => undefined); // what its input had, which we heard there
  lines.on('close', () => {
    isOpen = false;
    if (interactive && awaiting && !gone)
      stdout.write('\n(I finish this answer and leave. Ctrl-C leaves at once.)\n');
  });
  if (interactive) {
    tell('Type a question, or the number of a button. /help shows more, /quit leaves.');
    if (others !== undefined) tell(others);
    lines.prompt();
  }
  for await (const line of typed) {
    if (!(await take(line))) break;
    // Input may have ended while the answer was awaited, and a closed interface prompts no more.
    if (interactive && isOpen) lines.prompt();
  }
  lines.close();
  if (!gone) session.ended();
  await core.quiet();
  await turnOfEvents(); // by then a last write that failed has said so
  for (const stream of [stdout, stdin]) stream.off('error', leave);
}
