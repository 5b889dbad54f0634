CREATE TABLE customers (
  id          bigint PRIMARY KEY,
  tenant_id   bigint NOT NULL,
  company_id  bigint,
  name        varchar(100) NOT NULL,
  email       varchar(100) NOT NULL,
  phone       varchar(40),
  created_at  timestamp NOT NULL
);
CREATE TABLE people (
  id          bigint PRIMARY KEY,
  company_id  bigint NOT NULL,
  name        varchar(100) NOT NULL,
  email       varchar(100) NOT NULL,
  phone       varchar(40),
  created_at  timestamp NOT NULL
);
CREATE INDEX people_company_id_idx ON people (company_id);
