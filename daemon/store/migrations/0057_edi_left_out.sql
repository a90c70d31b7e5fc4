-- Interchanges of which nothing was taken: counted every few seconds, and listed.
create index edi_interchange_left_out on edi_interchange (at) where state in ('rejected', 'duplicate', 'reused', 'stranger');
