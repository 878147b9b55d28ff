package dev.belay.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Goal: a slice takes 200 ms at most, also where each row costs a read of the disk. Method: disks
 * of every speed, in numbers.
 */
class SliceSizeTest {
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  @Test
  void slices_are_short_on_a_disk_of_any_speed() {
    for (long rowNanos = 100; rowNanos <= TimeUnit.MILLISECONDS.toNanos(4); rowNanos *= 2) {
      SliceSize size = new SliceSize();
      for (int i = 0; i < 20; i++) {
        long nanos = size.rows() * rowNanos;
        assertThat(nanos).as("%s ns for a row", rowNanos).isLessThanOrEqualTo(SLICE_NANOS);
        size.took(nanos);
      }
    }
  }

  @Test
  void a_slice_has_as_many_rows_as_it_has_time_for() {
    SliceSize size = new SliceSize();
    for (int i = 0; i < 20; i++) {
      size.took(1);
    }
    assertThat(size.rows()).isEqualTo(SliceSize.ROWS_MAX);
    size.took(SLICE_NANOS);
    assertThat(size.rows()).isEqualTo(SliceSize.ROWS_MAX / 10);
    size.took(Long.MAX_VALUE / SliceSize.ROWS_MAX);
    assertThat(size.rows()).isEqualTo(1);
  }
}
