-- What a document of ours says, without its control numbers: the same words are not said twice where an answer was lost.
alter table edi_document add column said_hash bytea;
create index edi_document_said on edi_document (partner, code, key, said_hash) where said_hash is not null;
