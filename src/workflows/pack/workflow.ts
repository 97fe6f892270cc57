/** The auditor's pack in chat: for the ISMS manager and admins as they choose, for an auditor as it was chosen for them. */
import {
  actionId,
  type ActionHandler,
  type Context,
  type Form,
  type PreparedAction,
  type ReplyParts,
  type Workflow,
} from '../../conversation/contract.ts';
import { needLane } from '../../conversation/lanes.ts';
import { keepOutgoingFile, largestOutgoing } from '../../conversation/outgoing-file.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { askAgain, errorsIn, field, sentText, type Sent } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import {
  choosePackFor,
  levels,
  mayTakePacks,
  recordPack,
  selectChosen,
  usualChoices,
  type Level,
  type PackChoices,
  type TakenPack,
} from '../../isms/pack/pack.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { languageOf, wording } from '../../language/wording.ts';
import { isIsmsManager, isReadOnly } from '../../records/command-context.ts';
import { selectByRole, selectPerson } from '../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { choicesInWords } from './index-files.ts';
import { makePack } from './make.ts';

const room = 'pack';
const packWords = words('pack/pack');
const option = (value: string, label: string) => ({ value, label });
const levelLabels: Record<Level, string> = {
  public: 'Public only',
  internal: 'Up to internal',
  confidential: 'Up to confidential',
  strict: 'All of them',
};
const myself = 'me';

export function createPackWorkflow(parts: Dependencies): Workflow {
  /** Made before the transaction, since it takes its time; what comes of it is then kept and noted. */
  async function made(context: Context, choices: PackChoices): Promise<ActionHandler> {
    needLane(context, 'outside');
    const pieces: Uint8Array[] = [];
    const sources = { db: parts.db, rooms: parts.registers(), store: parts, now: context.now };
    const asked = { choices, by: context.person, most: largestOutgoing };
    const pack = await makePack(sources, asked, async (piece) => void pieces.push(piece));
    return async (tx) => {
      await refuseOtherwise(tx, context, choices);
      const name = `auditors-pack-${dayOf(context.now, context.person.timeZone)}.zip`;
      const file = await keepOutgoingFile(tx, name, Buffer.concat(pieces));
      await recordPack(tx, context.person, context.now, pack);
      return toAsker({ ...handedOver(pack), files: [file] });
    };
  }

  /** An auditor takes what was chosen for them, as long as it is. */
  async function refuseOtherwise(tx: Queryable, { person }: Context, choices: PackChoices): Promise<void> {
    if (mayTakePacks(person)) return;
    const chosen = await selectChosen(tx, person.id);
    if (chosen === null || JSON.stringify(chosen.choices) !== JSON.stringify(choices))
      throw new Refusal('What was chosen for you is another one by now. Ask for the pack once more.');
  }

  const send: PreparedAction = {
    async prepare(context, call) {
      if (!mayTakePacks(context.person)) throw new Refusal(notYours);
      const form = await choosingForm(parts.db, context.person);
      const errors = errorsIn(form, call.fields, context);
      if (Object.keys(errors).length > 0) return async () => askAgain(form, call.fields, errors);
      const choices = choicesIn(call.fields);
      const whom = sentText(call.fields, 'whom');
      return whom === myself ? made(context, choices) : choosing(Number(whom), choices);
    },
  };

  const take: PreparedAction = {
    async prepare(context) {
      const chosen = await selectChosen(parts.db, context.person.id);
      if (chosen === null || !context.person.roles.includes('auditor')) throw new Refusal(notYours);
      return made(context, chosen.choices);
    },
  };

  return {
    name: room,
    offer: {
      text: "I make the auditor's pack: all records that an auditor asks for, with hashes.",
      examples: ["the auditor's pack"],
      to: (person) => mayTakePacks(person) || person.roles.includes('auditor'),
      first: {
        auditor: {
          text: 'Take the records with you, in one file that checks itself.',
          example: "the auditor's pack",
        },
      },
    },
    tools: [],
    actions: {
      async [`${room}.choose`](tx, context) {
        if (!mayTakePacks(context.person)) throw new Refusal(notYours);
        return toAsker({
          text: 'What shall be in it, and for whom?',
          form: await choosingForm(tx, context.person),
        });
      },
      [`${room}.send-choose`]: send,
      [`${room}.take`]: take,
      async [`${room}.withdraw`](tx, context, { argument }) {
        const person = await selectPerson(tx, Number(argument('person')));
        await choosePackFor(tx, commandOf(context), person, null);
        return asked({ text: `${person.name} can take no pack any more.` }, true);
      },
    },
    async claim(context, { text, attachments }) {
      if (attachments.length > 0 || packWords.is(text) === null) return null;
      return privately(context, "the auditor's pack", async (tx) => toAsker(await card(tx, context)));
    },
  };
}

const notYours =
  "The auditor's pack is made by the ISMS manager and admins, and by auditors for whom the ISMS manager chose what is in it.";

async function card(tx: Queryable, { person }: Context): Promise<ReplyParts> {
  if (mayTakePacks(person))
    return {
      text: "The auditor's pack: registers with their histories, reports, evidence and the audit log, in one file that can be checked without me.",
      aside: `Up to ${largestOutgoing / 1024 / 1024} MB come here; for more an operator says: isma export pack --out <file>.zip`,
      buttons: [{ id: `${room}.choose`, label: 'Choose and make it', style: 'primary', opensForm: true }],
    };
  const chosen = person.roles.includes('auditor') ? await selectChosen(tx, person.id) : null;
  if (chosen === null)
    return { text: person.roles.includes('auditor') ? `Nothing is ready for you yet. ${(await selectByRole(tx, 'isms_manager'))[0]?.name ?? 'The ISMS manager'} chooses what you may take; ask them.` : notYours };
  return {
    text: `${chosen.chosenByName} chose this for you on ${dayInWords(dayOf(chosen.chosenAt, person.timeZone))}.`,
    items: choicesInWords(chosen.choices).map((text) => ({ text })),
    buttons: [{ id: `${room}.take`, label: 'Make it', style: 'primary' }],
  };
} // prettier-ignore

async function choosingForm(tx: Queryable, person: Context['person']): Promise<Form> {
  const auditors = isIsmsManager(person) ? (await selectByRole(tx, 'auditor')).filter(isReadOnly) : [];
  const { names, scores, selfAssessments, upTo } = usualChoices;
  return {
    id: `${room}.send-choose`,
    title: "The auditor's pack",
    submitLabel: 'Make it',
    fields: [
      field('names', 'Names of people', 'choice', {
        options: [option('kept', 'As they are'), option('replaced', 'Replaced by numbers')],
        value: names,
        hint: 'Numbers stay the same in every pack. Files of evidence are then left out, since they may hold names.',
      }),
      field('up_to', 'Files of evidence', 'choice', {
        options: levels.map((each) => option(each, levelLabels[each])),
        value: upTo,
        hint: 'By what a file says of itself; one that says nothing counts as internal.',
      }),
      field('scores', 'How well people did', 'choice', {
        options: [option('no', 'Left out'), option('yes', 'In it')],
        value: scores ? 'yes' : 'no',
      }),
      field('self', 'Gap analyses and mock audits', 'choice', {
        options: [option('no', 'Left out'), option('yes', 'In it')],
        value: selfAssessments ? 'yes' : 'no',
      }),
      field('whom', 'For whom?', 'choice', {
        options: [
          option(myself, 'For me, now'),
          ...auditors.map(({ id, name }) => option(String(id), `${name}, whenever they ask`)),
        ],
        value: myself,
      }),
    ],
  };
}

function choicesIn(sent: Sent): PackChoices {
  return {
    names: sentText(sent, 'names') === 'replaced' ? 'replaced' : 'kept',
    scores: sentText(sent, 'scores') === 'yes',
    selfAssessments: sentText(sent, 'self') === 'yes',
    upTo: levels.find((each) => each === sentText(sent, 'up_to')) ?? usualChoices.upTo,
  };
}

/** From now on they may take it; they are told. */
function choosing(personId: number, choices: PackChoices): ActionHandler {
  return async (tx, context) => {
    const command = commandOf(context);
    const auditor = await selectPerson(tx, personId);
    await choosePackFor(tx, command, auditor, choices);
    const say = wording(room, languageOf(auditor));
    const told = tell(command, [personId], {
      text: say('chosen', { name: context.person.name }),
      buttons: [{ id: `${room}.take`, label: say('make'), style: 'primary' }],
    });
    const withdraw = { id: actionId(`${room}.withdraw`, { person: personId }), label: 'Take it back' };
    const items = choicesInWords(choices).map((text) => ({ text }));
    return [
      ...toAsker({
        text: `${auditor.name} can take this pack whenever they ask.`,
        items,
        buttons: [withdraw],
      }),
      ...told,
    ];
  };
}

function handedOver({ files, withheld, sha256, sums }: TakenPack): ReplyParts {
  return {
    text: `The auditor's pack: ${files} files.${withheld === 0 ? '' : ` What it keeps back stands in its withheld.csv (${withheld} ${withheld === 1 ? 'line' : 'lines'}).`}`,
    facts: [
      { label: 'SHA-256 of the file', value: sha256 },
      { label: 'SHA-256 of its SHA256SUMS', value: sums },
    ],
    aside: 'Its VERIFY.txt says how to check it without me. Keep these two numbers apart from the file.',
  };
}
