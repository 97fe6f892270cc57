/** The terminal door: a person who types, or a program that pipes lines in. */
import { createInterface } from 'node:readline';
import type { Core } from '../conversation/core.ts';
import { Reply } from '../conversation/contract.ts';
import type { Delivery, Draft } from '../conversation/port.ts';
import type { Screen } from './port.ts';
import { clean, plainStyle, renderJson, renderText, screenStyle } from './render.ts';
import { createSession } from './session.ts';

export interface ChatOptions {
  email: string;
  json: boolean;
  /** Say hello first: to a person who sits down, not to a program. */
  greet: boolean;
  interactive: boolean;
}

/** @param self  whose terminal this is: messages to others are marked with their address */
export function createScreen(
  { json, interactive }: Pick<ChatOptions, 'json' | 'interactive'>,
  self: () => string,
): Screen {
  const style = interactive ? screenStyle(process.stdout.columns || 100) : plainStyle;
  const drafts = new Map<string, string>();

  function show(to: string, { reply, draftKey }: Delivery, saved: ReadonlyMap<string, string>) {
    if (json) return void process.stdout.write(`${renderJson(to, reply, saved)}\n`);
    const drafted = drafts.get(draftKey) ?? '';
    drafts.delete(draftKey);
    const rest =
      drafted !== '' && reply.text.startsWith(drafted)
        ? { ...reply, text: reply.text.slice(drafted.length) }
        : reply;
    const lead = to === self() ? '' : `${style.dim(`→ ${clean(to)}`)}\n`;
    process.stdout.write(
      `${drafted === '' ? `\n${lead}` : ''}${renderText(rest, style, interactive && to === self(), saved)}\n\n`,
    );
  }

  function draft(to: string, draftKey: string): Draft {
    return {
      show(text) {
        const before = drafts.get(draftKey) ?? '';
        process.stdout.write(
          `${before === '' ? (to === self() ? '\n' : `\n→ ${clean(to)}\n`) : ''}${clean(text.slice(before.length))}`,
        );
        drafts.set(draftKey, text);
      },
      discard() {
        process.stdout.write('\n(That was not right; here is what holds.)\n');
        drafts.delete(draftKey);
      },
    };
  }
  return { show, draft: interactive ? draft : null };
}

/** Runs until the input ends and every turn is done. */
export async function chat(
  core: Core,
  options: ChatOptions,
  onPersonChange: (email: string) => void,
): Promise<void> {
  const { email, json, greet, interactive } = options;
  const session = createSession({
    core,
    email,
    interactive,
    profile: {
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      locale: Intl.DateTimeFormat().resolvedOptions().locale,
    },
    say(to, text) {
      const reply = Reply.parse({ text, notice: 'refused' });
      process.stdout.write(json ? `${renderJson(to, reply)}\n` : `${clean(text)}\n`);
    },
  });
  if (greet) await session.line('hello');

  const lines = createInterface({
    input: process.stdin,
    ...(interactive ? { output: process.stdout, prompt: '> ' } : {}),
    crlfDelay: Infinity,
  });
  if (interactive) {
    process.stdout.write('Type a question, or the number of a button. /help shows more, /quit leaves.\n');
    lines.prompt();
  }
  for await (const line of lines) {
    if (!(await session.line(line))) break;
    onPersonChange(session.email());
    if (interactive) lines.prompt();
  }
  lines.close();
  await core.quiet();
}
