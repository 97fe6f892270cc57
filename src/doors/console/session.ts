/** One terminal session: lines become turns and actions of a person, who may be changed with /as. */
import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Core } from '../../conversation/port.ts';
import type { Action, Button, Form, InputParts, Reply, Turn } from '../../conversation/contract.ts';
import { answered, askedNow, beginFilling, type Filling } from './form-by-field.ts';
import { addressOf, platform } from './port.ts';
import { buttonsOf } from './render.ts';

/** What is known of the person who sits at this terminal. */
export interface Profile {
  timeZone: string;
  locale: string;
}

export interface SessionOptions {
  core: Core;
  email: string;
  profile: Profile;
  /** Whether a bare number presses the button with that number. */
  interactive: boolean;
  /** A word of the door itself: a mistyped command, a file that is not there. */
  say(to: string, text: string): void;
  /** Who somebody is, in words; null where nobody has that address. Absent where it cannot be looked up. */
  who?(email: string): Promise<string | null>;
  /** Whose session it is from now on, before anything is said to them. */
  onPersonChange?(email: string): void;
}

export interface Session {
  /** Handles one line and everything that follows from it. @returns false when the person wants to leave */
  line(text: string): Promise<boolean>;
  /** The input has ended: what was begun and is not sent is said. */
  ended(): void;
}

const commandsHelp = [
  '/press <label or no.>  press a button of the newest message',
  '/fill {"field":"…"}    send the form that is open',
  '/attach <path> [text]  send a file',
  '/cancel                leave the form that is asked',
  '/as <e-mail>           go on as another person',
  '/quit                  leave',
].join('\n');

export function createSession({
  core,
  email,
  profile,
  interactive,
  say,
  who,
  onPersonChange,
}: SessionOptions): Session {
  const sessionId = randomUUID();
  let person = email.toLowerCase();
  let count = 0;
  /** The form that is being asked, field by field. */
  let filling: Filling | null = null;

  async function send(
    input: Pick<Turn, 'kind' | 'text' | 'attachments'> | Pick<Action, 'kind' | 'id' | 'fields'>,
  ): Promise<void> {
    count += 1;
    const whole: InputParts = {
      ...input,
      sender: {
        platform,
        tenant: 'local',
        user: person,
        name: nameOf(person),
        email: person,
        ...profile,
        directAddress: addressOf(person),
      },
      place: { address: addressOf(person), audience: 'direct' },
    };
    const id = await core.receive({
      platform,
      eventId: `${sessionId}:${count}`,
      raw: Buffer.from(JSON.stringify(whole)),
      read: () => whole,
    });
    if (id === null) return say(person, 'I cannot read that.');
    await core.settled(id);
    const [newest] = interactive ? await core.recentReplies(platform, addressOf(person)) : [];
    filling = newest?.form == null ? null : beginFilling(newest.form);
    await askOn();
  }

  /** The next field, or once there is none the whole form goes off. */
  async function askOn(): Promise<void> {
    if (filling === null) return;
    const question = askedNow(filling);
    if (question !== null) return say(person, question);
    const { form, values } = filling;
    filling = null;
    await send({ kind: 'action', id: form.id, fields: values });
  }

  async function answerField(open: Filling, text: string): Promise<void> {
    const next = answered(open, text);
    if (typeof next === 'string') return say(person, next);
    filling = next;
    await askOn();
  }

  /** A label or a number is one of the newest message's: what stood further up is out of date, and is not guessed at. */
  async function press(wanted: string): Promise<void> {
    if (wanted === '')
      return say(person, 'After /press comes the label or the number of a button, as in /press 1');
    if (/^\w+([.-]\w+)*(\?|$)/.test(wanted) && wanted.includes('.'))
      return send({ kind: 'action', id: wanted, fields: {} });
    const [newest] = await core.recentReplies(platform, addressOf(person));
    const buttons = allButtons(newest);
    const meant = pressable(buttons, wanted);
    const [only, ...others] = meant;
    if (only !== undefined && others.length === 0) return send({ kind: 'action', id: only.id, fields: {} });
    say(person, only === undefined ? noButton(buttons, wanted) : whichOne(newest, buttons, meant, wanted));
  }

  async function fill(json: string): Promise<void> {
    const form =
      (await core.recentReplies(platform, addressOf(person))).find((reply) => reply.form !== null)?.form ??
      null;
    if (form === null) return say(person, 'No form is open. Press the button that opens one first.');
    const values = parseFields(json);
    if (values === null)
      return say(
        person,
        `After /fill comes a JSON object that is whole, as in /fill {"${form.fields[0]?.name ?? 'answer'}":"…"}`,
      );
    const unknown = Object.keys(values).filter((name) => !form.fields.some((field) => field.name === name));
    if (unknown.length > 0)
      return say(
        person,
        `The form has no field ${unknown.join(', ')}. It has: ${form.fields.map((field) => field.name).join(', ')}.`,
      );
    await send({ kind: 'action', id: form.id, fields: { ...defaultsOf(form), ...values } });
  }

  async function attach(rest: string): Promise<void> {
    const [path = '', text = ''] = (await isFile(rest)) ? [rest] : splitOnce(rest);
    if (path === '') return say(person, 'After /attach comes the path of a file, as in /attach minutes.pdf');
    if (!(await isFile(path))) return say(person, `There is no file ${path}.`);
    const bytes = await readFile(path);
    const attachment = {
      name: basename(path),
      size: bytes.byteLength,
      contentType: 'application/octet-stream',
      source: resolve(path),
    };
    await send({ kind: 'turn', text, attachments: [attachment] });
  }

  /** Where a person types, they are told who they are now and what waits for them as such. */
  async function become(wanted: string): Promise<void> {
    if (!/^\S+@\S+$/.test(wanted))
      return say(person, 'After /as comes an e-mail address, as in /as omar@demo.example');
    const next = wanted.toLowerCase();
    const known = interactive ? await who?.(next) : undefined;
    if (known === null) return say(person, `Nobody here has the address ${next}. You are still ${person}.`);
    person = next;
    filling = null;
    onPersonChange?.(person);
    if (!interactive) return;
    say(person, `You are now ${known ?? person}.`);
    if (known !== undefined) await send({ kind: 'turn', text: 'hello', attachments: [] });
  }

  /** @returns false where the number may be an answer in words, which is then sent as one */
  async function pressNumber(text: string): Promise<boolean> {
    const [newest] = await core.recentReplies(platform, addressOf(person));
    const buttons = allButtons(newest);
    const button = buttons[Number(text) - 1];
    if (button !== undefined) await press(button.id);
    else if (newest?.asks === true) return false;
    else say(person, noNumber(text.trim(), buttons.length));
    return true;
  }

  return {
    ended() {
      if (filling !== null) say(person, `«${filling.form.title}» was not sent: it has more to ask.`);
    },
    async line(text) {
      const [command = '', rest = ''] = text.startsWith('/') ? splitOnce(text) : [];
      if (filling !== null && command === '') {
        await answerField(filling, text);
        return true;
      }
      switch (command) {
        case '/press':
          await press(rest);
          return true;
        case '/fill':
          await fill(rest);
          return true;
        case '/attach':
          await attach(rest);
          return true;
        case '/as':
          await become(rest);
          return true;
        case '/cancel':
          say(person, filling === null ? 'No form is open.' : 'Left: nothing was sent.');
          filling = null;
          return true;
        case '/isma':
          await send({ kind: 'turn', text: rest === '' ? 'help' : rest, attachments: [] });
          return true;
        case '/help':
          say(person, commandsHelp);
          return true;
        case '/quit':
        case '/exit':
          return false;
      }
      if (/^\/[a-z][\w-]*$/i.test(command)) {
        say(person, `There is no command ${command}. There are:\n${commandsHelp}`);
        return true;
      }
      if (interactive && /^\d{1,2}$/.test(text.trim()) && (await pressNumber(text))) return true;
      await send({ kind: 'turn', text, attachments: [] });
      return true;
    },
  };
}

/** By its whole id, by its label, or by its number; upper and lower case are the same. */
function pressable(buttons: Button[], wanted: string): Button[] {
  const folded = wanted.trim().toLowerCase();
  const named = buttons.filter(({ id, label }) => id === wanted || label.toLowerCase() === folded);
  const different = named.filter(({ id }, at) => named.findIndex((each) => each.id === id) === at);
  const numbered = /^\d{1,2}$/.test(folded) ? buttons[Number(folded) - 1] : undefined;
  return different.length > 0 || numbered === undefined ? different : [numbered];
}

function noNumber(said: string, buttons: number): string {
  if (buttons === 0) return 'There is nothing to press just now. Say in words what you need; «help» shows what I can do.';
  const range = buttons === 1 ? 'Only 1 is' : `1 to ${buttons} are`;
  return `There is no ${said} to press: ${range} there. Or say in words what you need.`;
} // prettier-ignore

function noButton(buttons: Button[], wanted: string): string {
  const labels = [...new Set(buttons.map(({ label }) => label))].join(', ');
  return `There is no button «${wanted}» in the newest message.${labels === '' ? '' : ` There is: ${labels}.`}`;
}

function whichOne(reply: Reply | undefined, buttons: Button[], meant: Button[], wanted: string): string {
  const lines = meant.map((button) => {
    const about = reply?.items.find((item) => item.button?.id === button.id)?.text ?? button.id;
    return `(${buttons.indexOf(button) + 1}) ${about}`;
  });
  return [
    `«${wanted}» is there ${meant.length} times. Say which by its number, as in /press ${buttons.indexOf(meant[0] as Button) + 1}:`,
    ...lines,
  ].join('\n');
}

function allButtons(reply: Reply | undefined): Button[] {
  return reply === undefined ? [] : buttonsOf(reply);
}

function defaultsOf(form: Form): Record<string, string> {
  return Object.fromEntries(
    form.fields.flatMap((field) => (field.value === null ? [] : [[field.name, field.value]])),
  );
}

function parseFields(json: string): Record<string, string | string[]> | null {
  try {
    const value = JSON.parse(json) as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        name,
        Array.isArray(each) ? each.map(String) : String(each),
      ]),
    );
  } catch {
    return null;
  }
}

function splitOnce(text: string): [string, string] {
  const at = text.search(/\s/);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1).trim()];
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true;
}

/** «erin.example@…» is Erin Example until somebody says better. */
function nameOf(email: string): string {
  const local = email.split('@')[0] ?? email;
  return local
    .split(/[._-]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ');
}
