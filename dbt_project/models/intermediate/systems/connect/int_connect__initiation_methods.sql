-- What is known of each initiation method (administrator guide, "Contact initiation methods", and
-- "Use customer first callback mode"): one row a value. A value without a row is unmapped.
-- waits: who is on the line while the record is in a queue; reached: the customer, once connected.
select
    method.initiation_method,
    method.channel,
    method.direction,
    method.waits,
    method.is_dialled
from (
    values
    ('INBOUND', 'any', 'inbound', 'customer', false),
    ('WEBRTC_API', 'any', 'inbound', 'customer', false),
    ('TRANSFER', 'any', 'inbound', 'customer', false),
    ('QUEUE_TRANSFER', 'any', 'inbound', 'customer', false),
    ('DISCONNECT', 'any', 'inbound', 'customer', false),
    ('API', 'chat', 'inbound', 'customer', false),
    ('API', 'task', 'inbound', 'customer', false),
    ('API', 'email', 'inbound', 'customer', false),
    ('API', 'voice', 'outbound', 'reached', true),
    ('OUTBOUND', 'voice', 'outbound', 'reached', true),
    ('OUTBOUND', 'chat', 'outbound', 'none', false),
    ('OUTBOUND', 'task', 'outbound', 'none', false),
    ('OUTBOUND', 'email', 'outbound', 'none', false),
    ('EXTERNAL_OUTBOUND', 'any', 'outbound', 'reached', true),
    ('CALLBACK', 'any', 'outbound', 'callback', true),
    ('CALLBACK_CUSTOMER_FIRST_QUEUED', 'any', 'outbound', 'callback', true),
    ('CALLBACK_CUSTOMER_FIRST_DIALED', 'any', 'outbound', 'reached', true),
    ('AGENT_REPLY', 'any', 'outbound', 'none', false),
    ('FLOW', 'any', 'outbound', 'none', false),
    ('MONITOR', 'any', 'none', 'none', false)
) as method (initiation_method, channel, direction, waits, is_dialled)
