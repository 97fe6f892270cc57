/** Forms about a non-conformity: each opens for whoever may see it, in the states from which its move can be made. */
import type {
  ActionCall,
  Actions,
  Addressed,
  Context,
  Form,
  SigningAction,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import type { Sent } from '../../dialogue/form-fields.ts';
import { Refusal } from '../../errors.ts';
import { lockForCause } from '../../isms/nonconformity/cause-interview.ts';
import { wrongState } from '../../isms/nonconformity/gate.ts';
import { lockById, type Nonconformity } from '../../isms/nonconformity/nonconformity.ts';
import { statesOf } from '../../isms/nonconformity/states.ts';
import { room } from './buttons.ts';
import { findReadable, noSuchRecord } from './register/find-readable.ts';

interface Opened {
  tx: Queryable;
  context: Context;
  nonconformity: Nonconformity;
  argument: ActionCall['argument'];
}

interface NonconformityForm {
  /** As its states declare it. */
  move: string;
  lead(nonconformity: Nonconformity): string;
  form(opened: Opened): Form | Promise<Form>;
  write(filled: Opened & { fields: Sent }): Promise<Addressed[]>;
  at: string;
  look?: SigningAction['look'];
}

export function nonconformityForm(
  name: string,
  { move, lead, form, write, at, look }: NonconformityForm,
): Actions {
  return formCommand<Opened>(room, name, {
    async open(tx, context, { argument }) {
      const nonconformity = await lockReadable(tx, context, argument('record'));
      if (!statesOf(nonconformity).from(move).includes(nonconformity.state))
        throw await wrongState(tx, commandOf(context), nonconformity);
      return { tx, context, nonconformity, argument };
    },
    lead: ({ nonconformity }) => lead(nonconformity),
    form,
    write: (opened, fields) => write({ ...opened, fields }),
    at,
    ...(look === undefined ? {} : { look }),
  });
}

/** Locked until the caller's transaction ends. @throws Refusal for what the person may not see, as for what is not there */
export async function lockReadable(
  tx: Queryable,
  { person }: Context,
  reference: string,
): Promise<Nonconformity> {
  const found = await findReadable(tx, person, reference);
  if (found === null) throw new Refusal(noSuchRecord(reference).text);
  return lockById(tx, found.nonconformity.id);
}

/** Whose cause is looked for, for whoever may see it and leads it. Locked until the caller's transaction ends. */
export async function lockLooking(tx: Queryable, context: Context, record: string): Promise<Nonconformity> {
  const { reference } = await lockReadable(tx, context, record);
  return lockForCause(tx, commandOf(context), reference);
}
