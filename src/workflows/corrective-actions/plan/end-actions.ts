/** How a non-conformity is corrected, graded, rejected, settled or opened again, as buttons and forms. */
import { lookButton } from '../buttons.ts';
import { tell } from '../../../dialogue/notify.ts';
import { personNamed } from '../../../dialogue/form.ts';
import { nonconformityForm } from '../nonconformity-form.ts';
import type { Actions } from '../../../conversation/contract.ts';
import { Refusal } from '../../../errors.ts';
import { isIsmsManager, namesOf } from '../../../records/command-context.ts';
import {
  regrade,
  rejectNonconformity,
  reopenNonconformity,
  settleImprovement,
} from '../../../isms/nonconformity/moves.ts';
import { amendNonconformity, type Amendment } from '../../../isms/nonconformity/amend.ts';
import { gradeInWords, grades, type Grade } from '../../../isms/nonconformity/nonconformity.ts';
import { sentDay, sentOrNull, sentText } from '../../../dialogue/form-fields.ts';
import { changedCard } from './nonconformity-card.ts';
import { amendForm, reasonForm, regradeForm, settleForm } from './nonconformity-forms.ts';
import { lookAtRecord } from '../update/look.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { notifyDecided, notifyReopened, titleLine } from './notify-nonconformity.ts';

export function endActions(): Actions {
  return { ...reopening, ...rejecting, ...regrading, ...settling, ...amending };
}

const reopening = nonconformityForm('reopen', {
  look: lookAtRecord,
  move: 'reopen',
  lead: ({ reference }) => `Opened again, ${reference} begins anew; what it held until now is kept.`,
  at: 'reason',
  form: ({ nonconformity, argument }) =>
    reasonForm('reopen', nonconformity, {
      value: argument('said') || null,
      title: 'Open it again',
      label: 'What has come back, and where was it seen?',
      submit: 'Open again',
    }),
  async write({ tx, context, nonconformity, fields }) {
    const command = commandOf(context);
    const changed = await reopenNonconformity(
      tx,
      command,
      nonconformity.reference,
      sentText(fields, 'reason'),
    );
    return [
      ...(await changedCard(tx, context, changed, `${changed.reference} is open again.`)),
      ...notifyReopened(command, changed),
    ];
  },
});

const rejecting = nonconformityForm('reject', {
  look: lookAtRecord,
  move: 'reject',
  lead: ({ reference }) => `Is ${reference} no non-conformity?`,
  at: 'reason',
  form: ({ nonconformity }) =>
    reasonForm('reject', nonconformity, {
      title: 'Reject',
      label: 'Why is it none?',
      submit: 'Reject',
      hint: 'Whoever raised it is told your reason.',
    }),
  async write({ tx, context, nonconformity, fields }) {
    const command = commandOf(context);
    const reason = sentText(fields, 'reason');
    const changed = await rejectNonconformity(tx, command, nonconformity.reference, reason);
    return [
      ...(await changedCard(tx, context, changed, `${changed.reference} is rejected.`)),
      ...notifyDecided(
        command,
        changed,
        `${command.actor.name} found this to be no non-conformity: «${reason}»`,
      ),
    ];
  },
});

const regrading = nonconformityForm('regrade', {
  look: lookAtRecord,
  move: 'regrade',
  lead: ({ reference, grade }) => `${reference} is graded as ${gradeInWords[grade]}.`,
  at: 'grade',
  form: ({ nonconformity }) => regradeForm(nonconformity),
  async write({ tx, context, nonconformity, fields }) {
    const command = commandOf(context);
    const grade = grades.find((each) => each === sentText(fields, 'grade')) as Grade;
    const reason = sentText(fields, 'reason');
    const changed = await regrade(tx, command, nonconformity.reference, grade, reason);
    const said = `It is graded as ${gradeInWords[grade]} now.`;
    return [
      ...(await changedCard(tx, context, changed, said)),
      ...notifyDecided(command, changed, `${command.actor.name} changed the grade. ${said} «${reason}»`),
    ];
  },
});

const settling = nonconformityForm('settle', {
  look: lookAtRecord,
  move: 'settle',
  lead: ({ reference }) => `${reference} ends here, with your reason.`,
  at: 'reason',
  form: ({ nonconformity, argument }) => settleForm(nonconformity, decisionOf(argument('decision'))),
  async write({ tx, context, nonconformity, fields, argument }) {
    const command = commandOf(context);
    const decision = decisionOf(argument('decision'));
    const reason = sentText(fields, 'reason');
    const changed = await settleImprovement(tx, command, nonconformity.reference, decision, reason);
    return [
      ...(await changedCard(tx, context, changed, `${changed.reference} is ${decision} and closed.`)),
      ...notifyDecided(command, changed, `${command.actor.name} ${decision} this: «${reason}»`),
    ];
  },
});

function decisionOf(said: string): 'accepted' | 'declined' {
  if (said !== 'accepted' && said !== 'declined')
    throw new Refusal('That button is not one of mine any more.');
  return said;
}

const amending = nonconformityForm('amend', {
  move: 'amend',
  lead: ({ reference }) => `Correct what ${reference} says. What it said before stays in its history.`,
  at: 'title',
  async form({ tx, context, nonconformity }) {
    const { ownerId, approverId } = nonconformity;
    const names = {
      owner: await namesOf(tx, [ownerId]),
      approver: approverId === null ? null : await namesOf(tx, [approverId]),
    };
    return amendForm(nonconformity, names, isIsmsManager(context.person));
  },
  async write({ tx, context, nonconformity, fields }) {
    const command = commandOf(context);
    const { reference, ownerId, approverId, bodyDueOn } = nonconformity;
    const amendment: Amendment = {
      title: sentText(fields, 'title'),
      requirement: sentText(fields, 'requirement'),
      evidenceSeen: sentText(fields, 'evidence'),
      gap: sentText(fields, 'gap'),
      consequences: sentOrNull(fields, 'consequences'),
      audit: sentOrNull(fields, 'audit'),
      department: sentOrNull(fields, 'department'),
    };
    const owner = sentText(fields, 'owner');
    if (owner !== '' && owner !== (await namesOf(tx, [ownerId])))
      amendment.ownerId = (await personNamed(tx, context, owner, 'owner')).id;
    if (isIsmsManager(context.person)) {
      const approver = sentText(fields, 'approver');
      if (approver !== '' && (approverId === null || approver !== (await namesOf(tx, [approverId]))))
        amendment.approverId = (await personNamed(tx, context, approver, 'approver')).id;
      const body = sentDay(fields, 'body', context);
      if (body !== bodyDueOn) amendment.bodyDueOn = body;
    }
    const changed = await amendNonconformity(tx, command, reference, amendment);
    const newOwner = changed.ownerId === ownerId ? [] : [changed.ownerId];
    return [
      ...(await changedCard(tx, context, changed, 'Corrected.')),
      ...tell(command, newOwner, {
        text: `${command.actor.name} handed this over to you: you lead it now.\n${titleLine(changed)}`,
        buttons: [lookButton(reference)],
      }),
    ];
  },
});
