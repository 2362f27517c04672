/** A register; r10 is the frame pointer and cannot be written. */
export interface Register {
    readonly register: number;
}
/** r0: results. r1-r5: arguments, lost in calls. r6-r9: kept over calls. r10: the frame pointer. */
export declare const R0: Register, R1: Register, R2: Register, R3: Register, R4: Register, R5: Register, R6: Register, R7: Register, R8: Register, R9: Register, R10: Register;
export declare const CLASS: {
    readonly load: 0;
    readonly loadRegister: 1;
    readonly store: 2;
    readonly storeRegister: 3;
    readonly jump: 5;
    readonly arithmetic: 7;
};
export declare const SOURCE_REGISTER = 8;
export declare const MODE: {
    readonly immediate: 0;
    readonly memory: 96;
    readonly atomic: 192;
};
/** Bytes of an access to memory. */
export type Size = 1 | 2 | 4 | 8;
export declare const SIZE: Readonly<Record<Size, number>>;
export declare const OPERATION: {
    readonly add: 0;
    readonly sub: 16;
    readonly mul: 32;
    /** Unsigned; by zero gives zero. */
    readonly div: 48;
    readonly or: 64;
    readonly and: 80;
    readonly lsh: 96;
    readonly rsh: 112;
    /** Unsigned; by zero leaves what is divided. */
    readonly mod: 144;
    readonly xor: 160;
    readonly arsh: 192;
};
export type Operation = keyof typeof OPERATION;
export declare const NEGATE = 128;
export declare const MOVE = 176;
/** Jumps by comparison; `s`: signed; `&`: where the two have a bit in common. */
export declare const JUMP: {
    readonly '==': 16;
    readonly '>': 32;
    readonly '>=': 48;
    readonly '&': 64;
    readonly '!=': 80;
    readonly 's>': 96;
    readonly 's>=': 112;
    readonly '<': 160;
    readonly '<=': 176;
    readonly 's<': 192;
    readonly 's<=': 208;
};
export type JumpTest = keyof typeof JUMP;
export declare const ALWAYS = 0;
export declare const CALL = 128;
export declare const EXIT = 144;
/** Immediates of atomic operations. */
export declare const ATOMIC: {
    readonly add: 0;
    readonly exchange: 225;
};
/** What a 64-bit constant stands for, in its source field. */
export declare const CONSTANT: {
    readonly number: 0;
    readonly map: 1;
    readonly mapValue: 2;
};
/** Helpers by name: the number that a call names, and the kernel that had it first. */
export declare const HELPER: {
    readonly map_lookup_elem: {
        readonly number: 1;
        readonly since: '3.19';
    };
    readonly map_update_elem: {
        readonly number: 2;
        readonly since: '3.19';
    };
    readonly ktime_get_ns: {
        readonly number: 5;
        readonly since: '4.1';
    };
    readonly get_smp_processor_id: {
        readonly number: 8;
        readonly since: '4.1';
    };
    readonly get_current_pid_tgid: {
        readonly number: 14;
        readonly since: '4.2';
    };
    readonly get_current_comm: {
        readonly number: 16;
        readonly since: '4.2';
    };
    readonly get_stackid: {
        readonly number: 27;
        readonly since: '4.6';
    };
    readonly get_stack: {
        readonly number: 67;
        readonly since: '4.18';
    };
    readonly get_current_cgroup_id: {
        readonly number: 80;
        readonly since: '4.18';
    };
    readonly probe_read_user: {
        readonly number: 112;
        readonly since: '5.5';
    };
    readonly probe_read_kernel: {
        readonly number: 113;
        readonly since: '5.5';
    };
    readonly ringbuf_reserve: {
        readonly number: 131;
        readonly since: '5.8';
    };
    readonly ringbuf_submit: {
        readonly number: 132;
        readonly since: '5.8';
    };
    readonly ringbuf_discard: {
        readonly number: 133;
        readonly since: '5.8';
    };
};
export type Helper = keyof typeof HELPER;
