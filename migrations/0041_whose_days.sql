-- Whose days. A certification body sets days for the findings of its own audits: for the answer with its plan, and for the evidence.
-- Everything else follows the organisation's own limits: for the correction, for the cause with its plan, and for the actions.
alter table nonconformity
  add column correction_due_on date,
  add column plan_due_on date,
  add column actions_due_on date,
  add column body_plan_due_on date,
  -- What the certification body calls it, and who of it found it.
  add column body_finding text,
  add column body_auditor text,
  add column body_answered_on date,
  add column body_answer text check (body_answer in ('accepted', 'returned')),
  add column body_answer_on date,
  add column body_answer_note text,
  add column body_closed_on date,
  add check ((body_answer is null) = (body_answer_on is null));

-- Until now one day stood for all of them: of a minor it was the day of the plan, and of most findings no certification body had set it.
update nonconformity set body_plan_due_on = body_due_on, body_due_on = null where source = 'external_audit' and grade = 'minor';
update nonconformity set plan_due_on = case grade when 'minor' then body_due_on end, actions_due_on = case when grade <> 'minor' then body_due_on end,
  body_due_on = null
where source <> 'external_audit';
