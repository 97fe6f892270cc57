/** People of the tests in conversation with Isma: they say something, press what they see by its label, and fill in the form before them. */
import { parseActionId, type Reply } from '../../../src/conversation/contract.ts';
import { buttonsOf } from '../../../src/doors/console/render.ts';
import { directAddress, type Harness, type Said } from '../../support/harness.ts';
import { mail, type Name } from './given-records.ts';

export interface Dialogue {
  say(name: Name, text: string, options?: { channel?: string }): Promise<Said[]>;
  /** @param from  where the button stands; the newest message to them that has it, where it is left out */
  press(name: Name, label: string, from?: Said[]): Promise<Said[]>;
  /** Sends the form that they were shown last, its values kept but for these. */
  fill(name: Name, fields: Record<string, string>): Promise<Said[]>;
  /** Goes to the card on which this is decided, and presses it there. */
  sign(name: Name, id: string): Promise<Said[]>;
  /** Presses a button by its command, whether it is seen or not. */
  command(name: Name, id: string, fields?: Record<string, string>, channel?: string): Promise<Said[]>;
}

/** @param session  tells the events of one run of Isma from those of another on the same database */
export function dialogueOf(isma: Harness, session = 'first'): Dialogue {
  let count = 0;
  const eventId = () => `${session}-${(count += 1)}`;
  const command: Dialogue['command'] = (name, id, fields = {}, channel) =>
    isma.press(mail(name), id, fields, {
      eventId: eventId(),
      ...(channel === undefined ? {} : { channel }),
    });
  /** What else may be done, where the card has room for the likely alone. */
  const behindMore = async (name: Name, shown: readonly { id: string; label: string }[]) => {
    const more = shown.findLast(({ label }) => label === 'More');
    return more === undefined ? [] : to(name, await command(name, more.id)).flatMap(buttonsOf);
  };
  return {
    async sign(name, id) {
      const wanted = parseActionId(id);
      const card = await command(name, id);
      const isWanted = (each: { id: string }) => {
        const { command: found, values } = parseActionId(each.id);
        return (
          found === wanted.command && [...wanted.values].every(([key, value]) => values.get(key) === value)
        );
      };
      const shown = to(name, card).flatMap(({ buttons }) => buttons);
      const button = shown.find(isWanted) ?? (await behindMore(name, shown)).find(isWanted);
      if (button === undefined) throw new Error(`${name} cannot decide ${id}: ${textTo(name, card)}`);
      return command(name, button.id);
    },
    say: (name, text, options) => isma.say(mail(name), text, { ...options, eventId: eventId() }),
    command,
    async press(name, label, from = isma.delivered) {
      const shown = to(name, from).flatMap(buttonsOf);
      const isIt = (each: { label: string }) => each.label === label;
      const button = shown.findLast(isIt) ?? (await behindMore(name, shown)).find(isIt);
      if (button === undefined)
        throw new Error(
          `${name} sees no button ${label}, but: ${shown.map((each) => each.label).join(', ')}`,
        );
      return isma.press(mail(name), button.id, {}, { eventId: eventId() });
    },
    fill(name, fields) {
      const form = to(name, isma.delivered).findLast((reply) => reply.form !== null)?.form;
      if (form == null) throw new Error(`${name} has no form`);
      const kept = form.fields.flatMap(({ name: field, value }) => (value === null ? [] : [[field, value]]));
      const values = { ...(Object.fromEntries(kept) as Record<string, string>), ...fields };
      return isma.press(mail(name), form.id, values, { eventId: eventId() });
    },
  };
}

/** What was said to one of them, oldest first. */
export function to(name: Name, said: Said[]): Reply[] {
  return said.filter(({ address }) => address === directAddress(mail(name))).map(({ reply }) => reply);
}

export function textTo(name: Name, said: Said[]): string {
  return to(name, said)
    .map(({ text }) => text)
    .join('\n');
}

/** Whom something was said to, each once. */
export function toldBy(said: Said[]): string[] {
  return [...new Set(said.map(({ address }) => address.replace(/^.*:(\w+)@.*$/, '$1')))].sort();
}

export function factsOf(said: Said[]): Record<string, string> {
  return Object.fromEntries(
    said.flatMap(({ reply }) => reply.facts).map(({ label, value }) => [label, value]),
  );
}

/** The fields with an error, each with its words. */
export function errorsOf(said: Said[]): Record<string, string> {
  const fields = said.flatMap(({ reply }) => reply.form?.fields ?? []);
  return Object.fromEntries(fields.flatMap(({ name, error }) => (error === null ? [] : [[name, error]])));
}
