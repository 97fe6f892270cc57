/** Raising a non-conformity, as a card proposes it and its confirmation writes it. Another room proposes it by making one. */
import type { Queryable } from '../../../db/database.ts';
import { defineChange, type Applied } from '../../../dialogue/change.ts';
import { refuseUnlessTakesFindings } from '../../../isms/audit/findings.ts';
import {
  gradeInWords,
  isImprovement,
  lockById,
  raiseNonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { parentOf } from '../../../isms/nonconformity/actions.ts';
import { submitEvidence } from '../../../isms/register/evidence.ts';
import { linesOf } from '../../../language/text.ts';
import type { CommandContext } from '../../../records/command-context.ts';
import { selectByRole, selectPerson } from '../../../records/person.ts';
import { lookButton, room } from '../buttons.ts';
import { filesIn, RaiseChange } from '../change.ts';
import { containButton, stake, notifyAlike, notifyRaised, titleLine } from '../plan/notify-nonconformity.ts';
import { raiseForm, raiseLines } from './raise-card.ts';
import { findSimilar, similarLine } from './similar.ts';

defineChange<RaiseChange>({
  kind: 'nonconformity.raise',
  formerly: 'raise',
  schema: RaiseChange,
  room,
  nameOf: ({ title }) => title,
  current: async () => null,
  markOf: () => null,
  apply: applyRaise,
  show: async (_tx, change) => ({
    title: change.title,
    line: 'New non-conformity',
    lines: raiseLines(change),
  }),
  form: (_tx, context, change, _id, proposal) => raiseForm(context, change, proposal),
  files: ({ exhibits }) => filesIn(exhibits),
  alone: true,
});

/** After a person confirmed it. Whoever leads it hears of it, and the ISMS manager of records like it, which others may not read. */
async function applyRaise(tx: Queryable, command: CommandContext, change: RaiseChange): Promise<Applied> {
  if (change.auditId !== null) await refuseUnlessTakesFindings(tx, command, change.auditId);
  const raised = await raiseNonconformity(tx, command, change);
  for (const exhibit of change.exhibits)
    await submitEvidence(tx, command, {
      parent: parentOf(raised),
      action: null,
      purpose: 'finding',
      exhibit,
    });
  const { reference, ownerId } = raised;
  const nonconformity = await lockById(tx, raised.id);
  const owner = await selectPerson(tx, ownerId);
  const [manager = null] = await selectByRole(tx, 'isms_manager');
  const [forOwner, forManager] = [
    ownerId === command.actor.id ? [] : await findSimilar(tx, null, owner, nonconformity),
    manager === null || manager.id === ownerId ? [] : await findSimilar(tx, null, manager, nonconformity),
  ];
  const next = stake(nonconformity);
  const leads = ownerId === command.actor.id ? 'You lead it.' : `${owner.name} leads it.`;
  const toContain = !isImprovement(nonconformity);
  return {
    lines: [`${titleLine(nonconformity)}: raised. ${leads}`, ...(next === null ? [] : [next])],
    told: [
      ...notifyRaised(command, nonconformity, forOwner.map(similarLine)),
      ...notifyAlike(command, manager?.id ?? null, nonconformity, forManager.map(similarLine)),
    ],
    receipt: {
      text: linesOf(`${nonconformity.title} is raised. ${leads}`, next),
      title: nonconformity.title,
      line: `${reference} · ${gradeInWords[nonconformity.grade]}`,
      aside: toContain ? 'Was something done about it at once? Say so now, while it is fresh.' : null,
      buttons: [...(toContain ? [containButton(reference)] : []), lookButton(reference, {})],
    },
  };
}
