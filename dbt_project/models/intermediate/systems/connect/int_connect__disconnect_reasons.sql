-- Who ended a record (administrator guide, "Contact records data model", DisconnectReason): one row
-- a value. Asked of contacts that reached neither a queue nor an agent: whom the customer ended
-- there was given up, whom anybody else ended was not. A value without a row is unmapped.
select
    reason.disconnect_reason,
    reason.ended_by
from (
    values
    ('CUSTOMER_DISCONNECT', 'customer'),
    ('TELECOM_ORIGINATOR_CANCEL', 'customer'),
    ('CUSTOMER_NEVER_ARRIVED', 'customer'),
    ('CUSTOMER_CONNECTION_NOT_ESTABLISHED', 'customer'),
    ('IDLE_DISCONNECT', 'customer'),
    ('AGENT_DISCONNECT', 'agent'),
    ('AGENT_COMPLETED', 'agent'),
    ('AGENT_NETWORK_DISCONNECT', 'agent'),
    ('BARGED', 'agent'),
    ('DISCARDED', 'agent'),
    ('TRANSFERRED', 'flow'),
    ('CONTACT_FLOW_DISCONNECT', 'flow'),
    ('API', 'flow'),
    ('EXPIRED', 'flow'),
    ('OTHER', 'flow'),
    ('THIRD_PARTY_DISCONNECT', 'third_party'),
    ('TELECOM_BUSY', 'network'),
    ('TELECOM_NUMBER_INVALID', 'network'),
    ('TELECOM_POTENTIAL_BLOCKING', 'network'),
    ('TELECOM_PROBLEM', 'network'),
    ('TELECOM_TIMEOUT', 'network'),
    ('TELECOM_UNANSWERED', 'network'),
    ('SYSTEM_ERROR', 'network'),
    ('OUTBOUND_ATTEMPT_FAILED', 'network'),
    ('OUTBOUND_DESTINATION_ENDPOINT_ERROR', 'network'),
    ('OUTBOUND_RESOURCE_ERROR', 'network'),
    ('OUTBUND_PREVIEW_DISCARDED', 'agent')
) as reason (disconnect_reason, ended_by)
