package dev.belay.spring.boot;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** A row of a host's own table. Belongs to its transaction. */
@Entity(name = "host_row")
class HostRow {
  @Id Integer id;

  HostRow() {}

  HostRow(int id) {
    this.id = id;
  }
}
