/** What people without chat need to take part: a code each, and pictures to hang up that open a lesson or a policy. */
import {
  actionId,
  type Addressed,
  type Context,
  type Opening,
  type Outcome,
  type Workflow,
} from '../../conversation/contract.ts';
import { needLane } from '../../conversation/lanes.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { resolvePersonNamed } from '../../dialogue/form.ts';
import { Refusal } from '../../errors.ts';
import { drawQr } from '../../files/draw-qr.ts';
import { withoutEnding } from '../../language/text.ts';
import { plain, words } from '../../language/vocabulary.ts';
import { languageOf } from '../../language/wording.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import {
  keepCodes,
  makeCodes,
  selectWithoutChat,
  selectWorking,
  type WithoutChat,
} from '../../records/screen-code.ts';
import type { Dependencies } from '../dependencies.ts';
import { sheetDocument } from './sheet.ts';

const room = 'screen';
/** Codes that are made while somebody waits: some 15 seconds. */
const mostInChat = 300;
/** Names that stand on the card. */
const namesShown = 12;

const codesFor = words('screen/codes');
const codeFor = words('screen/code');
const pictureFor = words('screen/picture');
const within = words('screen/in');

const off =
  'The shared screen is off. Whoever runs Isma switches it on with SCREEN_URL, the address under which browsers reach it.';
const managersOnly = 'Only the ISMS manager can do that: whoever has a code is believed to be its person.';

export function createScreenWorkflow({ db, screenUrl, workflows }: Dependencies): Workflow {
  const address = `${screenUrl ?? ''}/screen`;

  async function claim(context: Context, { text }: { text: string }): Promise<Outcome | null> {
    const said = withoutEnding(text.trim(), /[.!?]/);
    const picture = pictureFor.begins(said);
    const codes = codesFor.begins(said);
    const code = codeFor.begins(said);
    if (picture !== null) return picturing(context, said.slice(picture.to).trim());
    if (codes !== null) {
      const rest = said.slice(codes.to).trim();
      const department = rest === '' ? null : rest.slice(within.begins(rest)?.to ?? 0).trim();
      return only(context, async (tx) => offered(context, await selectWithoutChat(tx, department), department ?? ''));
    }
    if (code === null || !isIsmsManager(context.person)) return null;
    const found = await resolvePersonNamed(db, context.platform, said.slice(code.to).trim());
    if (!('person' in found)) return null;
    return only(context, async () => offered(context, [found.person], ''));
  } // prettier-ignore

  /** For the ISMS manager, where there is a screen at all. */
  function only(context: Context, outcome: Outcome): Outcome {
    const refusal = !isIsmsManager(context.person) ? managersOnly : screenUrl === null ? off : null;
    if (refusal !== null) return async () => toAsker({ text: refusal, notice: 'refused' });
    return privately(context, 'codes', outcome);
  }

  function offered({ now }: Context, people: readonly WithoutChat[], department: string): Addressed[] {
    const count = people.length;
    const [first] = people;
    const where = department === '' ? '' : ` in ${department}`;
    if (first === undefined)
      return toAsker({ text: `Nobody${where} is without chat: everybody has written to me there. For one of them say «code for» and their name.` });
    if (count > mostInChat)
      return toAsker({ text: `${count} people${where} are without chat, more than I make codes for here. Name a department, as in «codes for people without chat in Assembly», or let whoever runs Isma call: isma screen codes --out codes.docx` });
    const values = { department, person: count === 1 ? first.id : '', since: now.toISOString() };
    const names = people.slice(0, namesShown).map(({ name }) => name).join(', ');
    return toAsker({
      text: count === 1 ? `A code for ${first.name}, to use the shared screen or a phone.` : `${count} people${where} have never written to me in a chat. Each gets a code for the shared screen or a phone.`,
      facts: [
        { label: 'For', value: count > namesShown ? `${names} and ${count - namesShown} more` : names },
        { label: 'Open at', value: address },
        { label: 'Codes of before', value: 'end at once' },
      ],
      buttons: [{ id: actionId(`${room}.make`, values), label: count === 1 ? 'Make the code' : `Make ${count} codes`, style: 'primary' }],
    });
  } // prettier-ignore

  async function wanted(tx: Queryable, person: string, department: string): Promise<WithoutChat[]> {
    const people =
      person === ''
        ? await selectWithoutChat(tx, department === '' ? null : department)
        : await selectWorking(tx, [Number(person)]);
    if (people.length > 0) return people;
    throw new Refusal('There is nobody without chat any more whom that was for. Ask me again.');
  }

  /** What opens, where words name one thing that can be opened there. */
  async function openingNamed(
    tx: Queryable,
    context: Context,
    said: string,
  ): Promise<[string, Opening] | null> {
    for (const { withoutChat } of workflows())
      for (const [kind, find] of Object.entries(withoutChat?.opens ?? {})) {
        const opening = await find(tx, said, { locale: context.person.locale, now: context.now });
        if (opening !== null) return [kind, opening];
      }
    return null;
  }

  function picturing(context: Context, said: string): Outcome {
    return only(context, async (tx) => {
      const found = await openingNamed(tx, context, said);
      if (found === null)
        return toAsker({ text: `I know no lesson or policy called «${said}». Say «what can I learn?» to see the lessons.`, notice: 'refused' });
      const [kind, { name, title }] = found;
      const target = `${address}?${new URLSearchParams({ [kind]: name }).toString()}`;
      const { bytes } = await drawQr(target, title);
      const file = await keepOutgoingFile(tx, `qr-${plain(name).replaceAll(' ', '-')}.png`, bytes);
      const picture = { ...file, alt: `QR code of «${title}»: ${target}` };
      return toAsker({ text: `Print it and hang it up: it opens «${title}» for whoever types their code.`, picture });
    });
  } // prettier-ignore

  return {
    name: room,
    offer: {
      text: 'For people without chat I make codes and QR codes: say «codes for people without chat», or «QR code for phishing».',
      examples: [],
      to: (person) => screenUrl !== null && isIsmsManager(person),
    },
    tools: [],
    claim,
    actions: {
      [`${room}.make`]: {
        async prepare(context, { argument }) {
          if (!isIsmsManager(context.person)) throw new Refusal(managersOnly);
          needLane(context, 'outside'); // for seconds, which nobody else is to wait
          const people = await wanted(db, argument('person'), argument('department'));
          const made = await makeCodes(db, people.map(({ id }) => id));
          const language = languageOf(context.person);
          const bytes = await sheetDocument({ people, made, address, language, now: context.now });
          return async (tx) => {
            const at = { actor: `person:${context.person.id}`, at: context.now };
            await keepCodes(tx, made, at, new Date(argument('since')));
            const file = await keepOutgoingFile(tx, 'codes.docx', bytes);
            const text = people.length === 1 ? `The code of ${people[0]?.name ?? ''} is in this file` : `${people.length} codes are in this file`;
            return toAsker({ text: `${text}, and nowhere else: I cannot show it again. Print it, hand everybody their own line, then delete it here.`, files: [file] });
          };
        }, // prettier-ignore
      },
    },
  };
}
