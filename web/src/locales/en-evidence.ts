// What the audit trail and the verifier's report say.
import type { EvidenceStrings } from './locale.js';

export const enEvidence: EvidenceStrings = {
  trail: {
    lead: 'Every act is signed by the device it was made on and chained to the ones before it. Times are what the devices claimed.',
    claimed: 'Claimed by the device', attested: 'Attested by a service', notCounted: 'Does not count', device: 'Device key', from: 'was', to: 'became', withheld: 'content withheld', id: 'Event', statement: 'Statement',
    facts: {
      device: 'Device', consent: 'Consent', mark: 'Mark', text: 'Text', why: 'Why', reason: 'Reason', name: 'Name', title: 'Title', to: 'To', what: 'What', address: 'Address', recipient: 'Recipient', order: 'Order', unit: 'Clause', variant: 'Variant', rule: 'Rule', channel: 'Channel', outcome: 'Outcome',
      level: 'Level', method: 'Method', hours: 'Hours', form: 'Form', retainUntil: 'Kept until', number: 'Number', count: 'Count',
    },
    events: {
      'envelope.created': 'Envelope created', 'revision.published': 'Text and terms set', 'recipient.invited': 'Recipient invited', 'recipient.joined': 'Opened the invitation on a device', 'recipient.accepted': 'Device accepted', 'envelope.sent': 'Sent for signature',
      'document.presented': 'Agreement shown in full', 'access.demonstrated': 'Showed that the document can be read here', 'consent.given': 'Agreed to sign electronically', 'fields.committed': 'Filled in', 'recipient.signed': 'Signed', 'recipient.declined': 'Declined', 'copy.delivered': 'Copy saved',
      'delivery.recorded': 'Invitation delivered', 'envelope.voided': 'Withdrawn by the sender', 'envelope.expired': 'Expired', 'envelope.completed': 'Completed and sealed',
      'comment.added': 'Comment', 'change.proposed': 'Change proposed', 'change.resolved': 'Proposed change answered', 'consent.withdrawn': 'Withdrew the agreement to sign electronically', 'delegation.requested': 'Asked that somebody else signs', 'identity.attested': 'Identity confirmed by a service',
      'reminder.sent': 'Reminder sent', 'schedule.set': 'Reminders scheduled', 'automation.ran': 'Rule carried out', 'copy.exported': 'Copy exported', 'envelope.exported': 'Agreement exported', 'envelope.archived': 'Archived', 'hold.placed': 'Hold placed: nothing may be deleted', 'hold.released': 'Hold released',
      'content.shredded': 'Personal content deleted', 'key.wrapped': 'Content key handed to a device',
      'device.added': 'Another device added', 'device.revoked': 'Device revoked', 'owner.deviceAdded': 'Sender’s device added', 'owner.deviceRevoked': 'Sender’s device revoked', 'owner.handedOver': 'Handed over', 'owner.merged': 'Sender’s chain repaired', 'service.keyChanged': 'Service key changed',
      'approval.requested': 'Approval asked for', 'approval.granted': 'Approved before sending', 'approval.refused': 'Approval refused', 'recipient.removed': 'Recipient removed', 'recipient.replaced': 'Recipient replaced', 'access.granted': 'Access granted', 'recipient.approved': 'Approved',
    },
    who: { owner: 'Sender', recipient: 'Recipient', completer: 'Completing service', mailer: 'Mailing service', scheduler: 'Scheduling service', attestor: 'Identity service', registrar: 'Registrar', records: 'Records service', recovery: 'Recovery key', unknown: 'Unknown key' },
  },
  verify: {
    title: 'Verify an agreement', lead: 'Drop an evidence file or a saved copy here. It is checked on this device, without a network; nothing is sent anywhere.', drop: 'Drop the file here', choose: 'Choose a file', working: 'Checking every signature and rendering the agreement again…',
    unreadable: 'This file is neither an evidence file nor a saved copy.', unread: 'This file cannot be read on this device. Choose it again.', another: 'Check another file',
    verdicts: { valid: 'Valid and complete', invalid: 'Not valid', incomplete: 'Incomplete', notSealed: 'Valid so far, not sealed', contested: 'Contested', ended: 'Valid, but ended without agreement', needsNewerVersion: 'A newer version is needed to check this' },
    reasons: 'Why', signatures: 'Who signed', certificate: 'Certificate of completion', laws: 'Legal requirements, as checks on the evidence', unknowable: 'What a file cannot show', withheld: 'Withheld content', proof: { proven: 'proven', claimed: 'claimed', attested: 'attested' },
    holds: { yes: 'holds', no: 'does not hold', unknown: 'cannot be told' }, part: 'in', places: (n) => `${n} places`, notAdvice: 'Checks on the evidence, not legal advice.',
  },
};
