/** What happened to a non-conformity itself (its containment, a word about it, something that shows it), as a card proposes it. */
import type { Queryable } from '../../../db/database.ts';
import { defineChange, type Applied, type Shown } from '../../../dialogue/change.ts';
import { evidenceInWords } from '../../../dialogue/evidence.ts';
import { parentOf } from '../../../isms/nonconformity/actions.ts';
import { contain } from '../../../isms/nonconformity/moves.ts';
import {
  lockNonconformity,
  recordOf,
  selectOptionalNonconformity,
  stateInWords,
} from '../../../isms/nonconformity/nonconformity.ts';
import { submitEvidence } from '../../../isms/register/evidence.ts';
import { addNote } from '../../../isms/register/note.ts';
import { shortened } from '../../../language/text.ts';
import type { CommandContext } from '../../../records/command-context.ts';
import { lookButton, room } from '../buttons.ts';
import { filesIn, NonconformityChange, nothingLeft } from '../change.ts';
import { nonconformityForm, readNonconformityForm } from './action-forms.ts';

/** A record that is there, as the card showed it. */
export async function currentNonconformity(tx: Queryable, change: { reference: string }) {
  const nonconformity = await lockNonconformity(tx, change.reference);
  const { version, reference, state } = nonconformity;
  return { reference, record: recordOf(nonconformity), mark: String(version), now: stateInWords[state] };
}

export const nonconformityChange = defineChange<NonconformityChange>({
  kind: 'nonconformity.update',
  formerly: 'nonconformity',
  schema: NonconformityChange,
  room,
  nameOf: ({ reference }) => reference,
  current: currentNonconformity,
  markOf: ({ version }) => String(version),
  apply,
  show,
  form: (_tx, _context, change, id) => nonconformityForm(id, change),
  read({ fields }, before) {
    const { values, errors } = readNonconformityForm(fields, before);
    const { correction, note, exhibits } = values;
    if (correction === null && note === null && exhibits.length === 0) errors.note ??= nothingLeft;
    return { change: { ...before, ...values }, errors };
  },
  files: ({ exhibits }) => filesIn(exhibits),
});

async function apply(tx: Queryable, command: CommandContext, change: NonconformityChange): Promise<Applied> {
  const nonconformity = await lockNonconformity(tx, change.reference);
  const { reference } = nonconformity;
  const lines: string[] = [];
  if (change.note !== null) {
    await addNote(tx, command, parentOf(nonconformity), null, change.note);
    lines.push(`${reference}: note kept.`);
  }
  for (const exhibit of change.exhibits) {
    await submitEvidence(tx, command, {
      parent: parentOf(nonconformity),
      action: null,
      purpose: change.purpose,
      exhibit,
    });
    lines.push(`${reference}: evidence kept: ${evidenceInWords(exhibit)}.`);
  }
  if (change.correction !== null) {
    await contain(tx, command, reference, { correction: change.correction });
    lines.push(`${reference}: containment recorded.`);
  }
  const title = nameOf(nonconformity);
  const { note, exhibits, correction } = change;
  return {
    lines,
    told: [],
    receipt: {
      text: [
        `${title}${correction === null ? '.' : ' is contained.'}`,
        ...(correction === null ? [] : [`Done at once: «${correction}».`]),
        ...(note === null ? [] : [`Note: «${note}».`]),
        ...exhibits.map((exhibit) => `Evidence: ${evidenceInWords(exhibit)}.`),
      ].join(' '),
      title,
      line: reference,
      buttons: [lookButton(reference, {})],
    },
  };
}

function nameOf({ title }: { title: string }): string {
  return shortened(title.replace(/\s+/g, ' '), 140);
}

async function show(tx: Queryable, change: NonconformityChange): Promise<Shown> {
  const nonconformity = await selectOptionalNonconformity(tx, change.reference);
  if (nonconformity === null) throw new Error(`${change.reference} is gone`);
  const { correction, note, exhibits, purpose } = change;
  const shows = {
    finding: 'Evidence of the finding',
    correction: 'Evidence of the containment',
    action: 'Evidence',
    effectiveness: 'Evidence that it worked',
  }[purpose];
  return {
    title: nameOf(nonconformity),
    line: `${nonconformity.reference} · ${stateInWords[nonconformity.state]}`,
    lines: [
      ...(correction === null
        ? []
        : [
            { label: 'State', value: 'open → contained' },
            { label: 'Done at once', value: `«${correction}»` },
          ]),
      ...(note === null ? [] : [{ label: 'Note', value: `«${note}»` }]),
      ...exhibits.map((exhibit) => ({ label: shows, value: evidenceInWords(exhibit) })),
    ],
  };
}
