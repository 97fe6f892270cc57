/** More time for an acknowledgement that somebody was asked for. */
import { selectOptional } from '../../db/rows.ts';
import { audit } from '../../records/command-context.ts';
import { declareMoreTime } from '../../records/more-time.ts';
import { AcknowledgementRequest, isOpenSql } from './request.ts';

export const acknowledgementTime = declareMoreTime({
  table: 'acknowledgement_request',
  isOpen: `acknowledgement_request.${isOpenSql}`,
  lockOpen: (tx, id) =>
    selectOptional(
      tx,
      AcknowledgementRequest,
      `select * from acknowledgement_request where id = $1 and ${isOpenSql} for update`,
      [id],
    ),
  async move(tx, command, { id }, to, event) {
    await tx.query('update acknowledgement_request set due_on = $2 where id = $1', [id, to]);
    await audit(tx, command, { ...event, record: `acknowledgement_request:${id}` });
  },
});
